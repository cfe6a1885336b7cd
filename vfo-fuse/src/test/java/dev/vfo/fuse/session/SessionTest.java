package dev.vfo.fuse.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.fuse.protocol.Opcode;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Threads that serve, whatever the requests are about. */
class SessionTest {
  private static final int DATA_BYTES = 4096;
  private static final byte[] BODY = new byte[16];

  private final FakeKernel kernel = new FakeKernel();

  private int ask(Opcode opcode) throws InterruptedException {
    return Objects.requireNonNull(kernel.ask(opcode.number(), 1, BODY), "no answer").error();
  }

  @Test
  void anErrorOfOneRequestIsItsAnswerAndTheOthersAreServed() throws Exception {
    RequestHandler handler =
        exchange -> {
          if (exchange.request().opcode() == Opcode.STATX) {
            throw new OutOfMemoryError("played");
          }
        };
    Session session = new Session(kernel, handler, 2, DATA_BYTES, () -> {});
    for (int i = 0; i < 5; i++) {
      assertEquals(Errno.EIO.number(), ask(Opcode.STATX));
      assertEquals(0, ask(Opcode.GETATTR));
    }
    kernel.end();
    session.awaitEnd();
    assertTrue(session.failure().isEmpty());
  }

  /** One that takes long holds up no other, if it says so. */
  @Test
  void whatTakesLongLetsTheOthersPass() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    RequestHandler handler =
        exchange -> {
          if (exchange.request().opcode() == Opcode.READ) {
            exchange.mayTakeLong();
            try {
              go.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    Session session = new Session(kernel, handler, 2, DATA_BYTES, () -> {});
    long _ = kernel.send(Opcode.READ.number(), 1, BODY);
    assertEquals(0, ask(Opcode.GETATTR));
    assertEquals(0, ask(Opcode.GETATTR));
    go.countDown();
    kernel.end();
    session.awaitEnd();
  }

  @Test
  void whoCannotGoOnSaysSoOnce() throws Exception {
    StorageException why = new StorageException(Errno.EIO, "receive from", "a channel");
    Channel broken =
        new Channel() {
          @Override
          public long receive(MemorySegment buffer) throws StorageException {
            throw why;
          }

          @Override
          public void send(MemorySegment message) {}
        };
    AtomicInteger told = new AtomicInteger();
    Session session = new Session(broken, exchange -> {}, 4, DATA_BYTES, told::incrementAndGet);
    session.awaitEnd();
    assertSame(why, session.failure().orElseThrow());
    assertEquals(1, told.get());
    assertTrue(session.hasEnded());
  }
}
