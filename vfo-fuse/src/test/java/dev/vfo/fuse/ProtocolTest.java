package dev.vfo.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.Options;
import dev.vfo.VirtualFileManager;
import dev.vfo.fuse.protocol.Opcode;
import dev.vfo.fuse.requests.Nodes;
import dev.vfo.fuse.requests.OpenFiles;
import dev.vfo.fuse.requests.Requests;
import dev.vfo.fuse.session.FakeKernel;
import dev.vfo.fuse.session.FakeKernel.Answer;
import dev.vfo.fuse.session.Negotiation;
import dev.vfo.fuse.session.Notifications;
import dev.vfo.fuse.session.Session;
import dev.vfo.storage.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is sent gets one answer with an errno, and the session goes on. */
class ProtocolTest {
  private static final int ROOT = 1;
  private static final int NO_OPCODE = 4242;

  @TempDir Path folder;

  private final FakeKernel kernel = new FakeKernel();
  private VirtualFileManager files;
  private Session session;

  @BeforeEach
  void start() throws IOException {
    files = VirtualFileManager.open(folder, Options.defaults());
    Nodes nodes = new Nodes(files.entries(), files.entries().root(), 1);
    Requests requests =
        new Requests(
            new Negotiation(1 << 16, true),
            nodes,
            new OpenFiles(),
            _ -> {},
            new Notifications(kernel),
            Runnable::run,
            () -> 0);
    session = new Session(kernel, requests, 2, 1 << 16, () -> {});
  }

  @AfterEach
  void end() throws Exception {
    kernel.end();
    session.awaitEnd();
    assertTrue(session.failure().isEmpty(), () -> session.failure().toString());
    files.close();
  }

  private Answer ask(Opcode opcode, long node, byte[] body) throws InterruptedException {
    return Objects.requireNonNull(kernel.ask(opcode.number(), node, body), "no answer is due");
  }

  private static byte[] name(String name) {
    return (name + "\0").getBytes(StandardCharsets.UTF_8);
  }

  private static ByteBuffer body(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void requireAlive() throws InterruptedException {
    assertEquals(0, ask(Opcode.GETATTR, ROOT, new byte[16]).error());
  }

  @Test
  void unknownOpcodesAreNotThere() throws Exception {
    assertEquals(Errno.ENOSYS.number(), kernel.ask(NO_OPCODE, ROOT, new byte[8]).error());
    assertEquals(Errno.ENOSYS.number(), kernel.ask(7, ROOT, new byte[8]).error());
    assertEquals(Errno.ENOSYS.number(), kernel.ask(-1, ROOT, new byte[8]).error());
    requireAlive();
  }

  @Test
  void unknownNodesAreStaleAndUnknownHandlesBad() throws Exception {
    assertEquals(Errno.ESTALE.number(), ask(Opcode.GETATTR, 123456, new byte[16]).error());
    assertEquals(Errno.ESTALE.number(), ask(Opcode.LOOKUP, 123456, name("a")).error());
    byte[] read = body(40).putLong(99).putLong(0).putInt(10).array();
    assertEquals(Errno.EBADF.number(), ask(Opcode.READ, ROOT, read).error());
    assertEquals(Errno.EBADF.number(), ask(Opcode.READDIR, ROOT, read).error());
  }

  @Test
  void whatIsTooShortIsInvalid() throws Exception {
    for (Opcode opcode :
        new Opcode[] {Opcode.LOOKUP, Opcode.SETATTR, Opcode.OPEN, Opcode.WRITE, Opcode.RENAME2}) {
      assertEquals(Errno.EINVAL.number(), ask(opcode, ROOT, new byte[0]).error());
    }
    byte[] withoutEnd = "name".getBytes(StandardCharsets.UTF_8);
    assertEquals(Errno.EINVAL.number(), ask(Opcode.LOOKUP, ROOT, withoutEnd).error());
    requireAlive();
  }

  /** What an older, longer request left in the memory is not read. */
  @Test
  void nothingOfAnOlderRequestIsRead() throws Exception {
    assertEquals(0, ask(Opcode.MKDIR, ROOT, concat(new byte[8], name("made"))).error());
    byte[] cut = concat(new byte[8], "made".getBytes(StandardCharsets.UTF_8));
    assertEquals(Errno.EINVAL.number(), ask(Opcode.MKDIR, ROOT, cut).error());
  }

  private static byte[] concat(byte[] one, byte[] other) {
    return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
  }

  @Test
  void namesAreOneComponent() throws Exception {
    byte[] head = new byte[8];
    for (String bad : new String[] {"", ".", "..", "a/b"}) {
      int error = ask(Opcode.MKDIR, ROOT, concat(head, name(bad))).error();
      assertEquals(Errno.EINVAL.number(), error, bad);
    }
    int error = ask(Opcode.MKDIR, ROOT, concat(head, name("x".repeat(256)))).error();
    assertEquals(Errno.ENAMETOOLONG.number(), error);
    assertEquals(List.of(), files.tree().list("/"));
  }

  @Test
  void whatIsNoRequestIsDropped() throws Exception {
    kernel.sendRaw(new byte[] {1, 2, 3});
    kernel.send(Opcode.GETATTR.number(), ROOT, new byte[16], 1000);
    kernel.send(Opcode.GETATTR.number(), ROOT, new byte[16], 10);
    requireAlive();
  }

  @Test
  void olderKernelsAreRefusedAndNewerOnesAskedAgain() throws Exception {
    byte[] old = body(64).putInt(7).putInt(12).array();
    assertEquals(Errno.EOPNOTSUPP.number(), ask(Opcode.INIT, 0, old).error());
    byte[] newer = body(64).putInt(8).putInt(0).array();
    Answer answer = ask(Opcode.INIT, 0, newer);
    assertEquals(0, answer.error());
    assertEquals(7, ByteBuffer.wrap(answer.body()).order(ByteOrder.LITTLE_ENDIAN).getInt());
  }

  /** The kernel would take the answer for a new file, and let anybody open it. */
  @Test
  void whatIsThereIsNotOpenedByACreate() throws Exception {
    files.tree().writeAll("secret", new byte[10]);
    byte[] create = concat(body(16).putInt(0102).putInt(0644).array(), name("secret"));
    assertEquals(Errno.ESTALE.number(), ask(Opcode.CREATE, ROOT, create).error());
    byte[] exclusive = concat(body(16).putInt(0302).putInt(0644).array(), name("secret"));
    assertEquals(Errno.EEXIST.number(), ask(Opcode.CREATE, ROOT, exclusive).error());
  }

  @Test
  void interruptsAreNotAnswered() throws Exception {
    assertEquals(null, kernel.ask(Opcode.INTERRUPT.number(), 0, new byte[8]));
    requireAlive();
  }

  /** Random bodies on random nodes, of all opcodes: each gets its answer. */
  @Test
  void anythingIsAnswered() throws Exception {
    Random random = new Random(7);
    List<Long> nodes = new ArrayList<>(List.of((long) ROOT, 0L, -1L, 77L));
    int refused = 0;
    for (int i = 0; i < 30_000; i++) {
      int opcode = random.nextInt(60);
      if (opcode == Opcode.FORGET.number() || opcode == Opcode.BATCH_FORGET.number()) {
        // The kernel counts; what it says of that is believed.
        continue;
      }
      byte[] bytes = new byte[random.nextInt(120)];
      random.nextBytes(bytes);
      for (int k = 0; k < bytes.length; k++) {
        // Many small numbers and short names.
        bytes[k] = random.nextInt(3) > 0 ? 0 : (byte) (random.nextInt(4) + 'a');
      }
      long node = nodes.get(random.nextInt(nodes.size()));
      Answer answer = kernel.ask(opcode, node, bytes);
      if (answer != null && answer.error() != 0) {
        refused++;
      } else if (answer != null && answer.body().length >= 128 && nodes.size() < 50) {
        nodes.add(ByteBuffer.wrap(answer.body()).order(ByteOrder.LITTLE_ENDIAN).getLong());
      }
    }
    assertTrue(refused > 10_000 && refused < 29_000, refused + " refused");
    requireAlive();
  }
}
