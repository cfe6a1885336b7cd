package dev.vfo.fuse.session;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vfo.fuse.protocol.Opcode;
import dev.vfo.fuse.protocol.Request;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The kernel's end of a channel, in the hands of a test that may send anything. */
public final class FakeKernel implements Channel {
  private static final byte[] END = {};

  private final BlockingQueue<byte[]> requests = new LinkedBlockingQueue<>();
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private long unique;

  /**
   * An answer as it was sent.
   *
   * @param error errno, or 0
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Answer(long unique, int error, byte[] body) {}

  @Override
  public long receive(MemorySegment buffer) {
    try {
      byte[] request = requests.take();
      if (request.length == 0) {
        requests.add(END);
        return ENDED;
      }
      MemorySegment.copy(request, 0, buffer, JAVA_BYTE, 0, request.length);
      return request.length;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void send(MemorySegment message) {
    if (message.get(JAVA_INT, 0) != message.byteSize()) {
      throw new AssertionError("the header says " + message.get(JAVA_INT, 0));
    }
    answers.add(
        new Answer(
            message.get(JAVA_LONG, 8),
            -message.get(JAVA_INT, 4),
            message.asSlice(16).toArray(JAVA_BYTE)));
  }

  /** Sends bytes that are perhaps no request. */
  public void sendRaw(byte[] bytes) {
    requests.add(bytes);
  }

  /** Sends a request; returns its number. */
  public long send(int opcode, long node, byte[] body) {
    return send(opcode, node, body, Request.HEADER_BYTES + body.length);
  }

  /** The same with a header that says another length. */
  public long send(int opcode, long node, byte[] body, int length) {
    unique += 2;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(Request.HEADER_BYTES + body.length, 8);
      request.set(JAVA_INT, 0, length);
      request.set(JAVA_INT, 4, opcode);
      request.set(JAVA_LONG, 8, unique);
      request.set(JAVA_LONG, 16, node);
      MemorySegment.copy(body, 0, request, JAVA_BYTE, Request.HEADER_BYTES, body.length);
      requests.add(request.toArray(JAVA_BYTE));
    }
    return unique;
  }

  /** Sends a request and waits for its answer, or for none where none is due. */
  public @Nullable Answer ask(int opcode, long node, byte[] body) throws InterruptedException {
    Opcode known = Opcode.of(opcode);
    long number = send(opcode, node, body);
    if (known != null && !known.isAnswered()) {
      return null;
    }
    while (true) {
      Answer answer = answers.poll(30, TimeUnit.SECONDS);
      if (answer == null) {
        throw new AssertionError("no answer to opcode " + opcode);
      }
      if (answer.unique() == number) {
        return answer;
      }
      if (answer.unique() != 0) {
        throw new AssertionError("an answer that nobody waits for: " + answer);
      }
    }
  }

  /** No more requests. */
  public void end() {
    requests.add(END);
  }
}
