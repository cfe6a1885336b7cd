package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.harness.ForwardingStorage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What a kernel above needs and paths do not show: owners, pins, writers, ranges, events. */
class EntryOperationsTest {
  private static final int BLOCK = 4096;
  private static final int READ_WRITE = OpenFlag.READ | OpenFlag.WRITE;
  private static final Name A = Name.of("a");
  private static final Name B = Name.of("b");

  private final LinuxStorage storage = new LinuxStorage();

  @TempDir private Path folder = Path.of("");

  private VirtualFileManager open() throws IOException {
    return VirtualFileManager.open(folder, Options.defaults());
  }

  private static void apply(VirtualFileManager files) throws IOException {
    files.checkpoint(State.empty());
    files.awaitApplied();
  }

  /** Another user and group where we may give files away, else our own. */
  private NewEntry owned(int mode) {
    int uid = storage.effectiveUid();
    return uid == 0
        ? new NewEntry(mode, 1234, 4321)
        : new NewEntry(mode, uid, storage.effectiveGid());
  }

  private void assertHome(String name, int mode, int uid, int gid) throws IOException {
    Map<String, Object> is = Files.readAttributes(folder.resolve(name), "unix:mode,uid,gid");
    assertEquals(mode, (int) is.get("mode") & 07777, name);
    assertEquals(List.of(uid, gid), List.of(is.get("uid"), is.get("gid")), name);
  }

  @Test
  void specialFilesAreMadeAndNotOpened() throws IOException {
    try (VirtualFileManager files = open()) {
      EntryOperations entries = files.entries();
      NewEntry owner = owned(0620);
      long fifo = entries.createSpecial(entries.root(), A, FileType.FIFO, owner, 77);
      assertEquals(FileType.FIFO, entries.stat(fifo).type());
      assertEquals(0, entries.stat(fifo).device());
      assertErrno(Errno.ENXIO, () -> entries.open(fifo, OpenFlag.READ, false));
      assertErrno(
          Errno.EINVAL, () -> entries.createSpecial(entries.root(), B, FileType.REGULAR, owner, 0));
      assertErrno(
          Errno.EEXIST, () -> entries.createSpecial(entries.root(), A, FileType.FIFO, owner, 0));
      files.tree().createSpecial("socket", FileType.SOCKET, 0640, 0);
      apply(files);
    }
    assertHome("a", 0620, owned(0).uid(), owned(0).gid());
    int fifo = 0010000;
    int socket = 0140000;
    int type = 0170000;
    assertEquals(fifo, (int) Files.getAttribute(folder.resolve("a"), "unix:mode") & type);
    assertEquals(socket, (int) Files.getAttribute(folder.resolve("socket"), "unix:mode") & type);
  }

  @Test
  void deviceNodesNeedTheRightToMakeThem() throws IOException {
    int[] tried = {0};
    Options options =
        Options.defaults()
            .withStorage(
                new ForwardingStorage(storage) {
                  @Override
                  public void makeNode(
                      int directory, Name name, FileType type, int mode, long device)
                      throws StorageException {
                    tried[0]++;
                    throw new StorageException(Errno.EPERM, "make node", name.toString());
                  }
                });
    try (VirtualFileManager files = VirtualFileManager.open(folder, options)) {
      for (FileType type : List.of(FileType.CHARACTER_DEVICE, FileType.BLOCK_DEVICE)) {
        assertErrno(Errno.EPERM, () -> files.tree().createSpecial("device", type, 0600, 0x103));
      }
      files.tree().createSpecial("fifo", FileType.FIFO, 0600, 0);
      assertEquals(1, tried[0], "tried once, and only for devices");
    }
  }

  @Test
  void aNewFileHasTheModeAndOwnerThatItIsGiven() throws IOException {
    NewEntry file = owned(0627);
    NewEntry directory = owned(02777);
    try (VirtualFileManager files = open()) {
      EntryOperations entries = files.entries();
      long made = entries.createFile(entries.root(), A, file);
      EntryStat is = entries.stat(made);
      assertEquals(List.of(0627, file.uid(), file.gid()), List.of(is.mode(), is.uid(), is.gid()));
      long inside = entries.createDirectory(entries.root(), B, directory);
      // The directory's group and, for a directory, its set-group-id bit are inherited.
      int ourGroup = storage.effectiveGid();
      NewEntry plain = new NewEntry(0750, storage.effectiveUid(), ourGroup);
      entries.createDirectory(inside, A, plain);
      entries.createFile(inside, B, plain);
      apply(files);
    }
    assertHome("a", 0627, file.uid(), file.gid());
    assertHome("b", 02777, directory.uid(), directory.gid());
    assertHome("b/a", 02750, storage.effectiveUid(), directory.gid());
    assertHome("b/b", 0750, storage.effectiveUid(), directory.gid());
  }

  @Test
  void aPinnedNumberStaysTheSame() throws IOException {
    Files.writeString(folder.resolve("a"), "home");
    try (VirtualFileManager files = open()) {
      EntryOperations entries = files.entries();
      long home = entries.lookup(entries.root(), A);
      long made = entries.createFile(entries.root(), B, owned(0600));
      apply(files);
      entries.rename(entries.root(), A, entries.root(), B, RenameMode.EXCHANGE);
      apply(files);
      assertEquals(made, entries.lookup(entries.root(), A));
      assertEquals(home, entries.lookup(entries.root(), B));
      // Pinned twice each: what has lost its name is there until both are given back.
      entries.unlink(entries.root(), A);
      entries.unpin(made, 1);
      apply(files);
      assertEquals(0, entries.stat(made).linkCount());
      entries.unpin(made, 1);
      apply(files);
      assertErrno(Errno.ESTALE, () -> entries.stat(made));
    }
  }

  private static void assertErrno(Errno errno, Executable call) {
    assertEquals(errno, assertThrows(StorageException.class, call).errno());
  }

  @Test
  void writersAreCounted() throws IOException {
    Files.writeString(folder.resolve("a"), "home");
    try (VirtualFileManager files = open()) {
      EntryOperations entries = files.entries();
      long a = entries.lookup(entries.root(), A);
      try (VirtualFile reader = entries.open(a, OpenFlag.READ, false)) {
        assertEquals(4, reader.size());
        assertEquals(0, entries.writerCount(a));
        VirtualFile first = entries.open(a, READ_WRITE, false);
        VirtualFile second = entries.open(a, OpenFlag.WRITE, true);
        assertEquals(2, entries.writerCount(a));
        first.close();
        first.close();
        assertEquals(1, entries.writerCount(a));
        second.close();
        assertEquals(0, entries.writerCount(a));
      }
    }
  }

  @Test
  void flagsSayWhatAHandleIsFor() throws IOException {
    Files.writeString(folder.resolve("a"), "home");
    Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));
    try (VirtualFileManager files = open()) {
      EntryOperations entries = files.entries();
      long a = entries.lookup(entries.root(), A);
      long b = entries.lookup(entries.root(), B);
      ByteBuffer byteOf = ByteBuffer.allocate(1);
      assertErrno(Errno.ENOTDIR, () -> entries.open(a, OpenFlag.DIRECTORY, false));
      assertErrno(Errno.EISDIR, () -> entries.open(entries.root(), OpenFlag.WRITE, false));
      assertErrno(Errno.ELOOP, () -> entries.open(b, OpenFlag.READ, false));
      try (VirtualFile reader = entries.open(a, OpenFlag.READ, false)) {
        assertErrno(Errno.EBADF, () -> reader.write(byteOf, 0));
      }
      try (VirtualFile writer = entries.open(a, OpenFlag.WRITE, false)) {
        assertErrno(Errno.EBADF, () -> writer.read(byteOf, 0));
      }
      assertEquals(4, entries.stat(a).sizeBytes());
      entries.open(a, OpenFlag.WRITE | OpenFlag.TRUNCATE, false).close();
      assertEquals(0, entries.stat(a).sizeBytes());
    }
  }

  /** Puts a range together again, and notes where its parts were. */
  private final class Parts implements RangeVisitor {
    private final byte[] bytes;
    private final List<String> kinds = new ArrayList<>();

    Parts(int lengthBytes) {
      bytes = new byte[lengthBytes];
      Arrays.fill(bytes, (byte) '?');
    }

    private void note(String kind, long offset, long lengthBytes) {
      kinds.add(kind + " " + offset + " " + lengthBytes);
    }

    @Override
    public void memory(long offset, MemorySegment data) {
      note("memory", offset, data.byteSize());
      MemorySegment.copy(
          data, ValueLayout.JAVA_BYTE, 0, bytes, (int) offset, (int) data.byteSize());
    }

    @Override
    public void zeros(long offset, long lengthBytes) {
      note("zeros", offset, lengthBytes);
      Arrays.fill(bytes, (int) offset, (int) (offset + lengthBytes), (byte) 0);
    }

    @Override
    public void home(long offset, long lengthBytes, int fd) throws StorageException {
      note("home", offset, lengthBytes);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment memory = arena.allocate(lengthBytes);
        assertEquals(lengthBytes, storage.read(fd, memory, offset));
        MemorySegment.copy(
            memory, ValueLayout.JAVA_BYTE, 0, bytes, (int) offset, (int) lengthBytes);
      }
    }
  }

  @Test
  void rangesTellWhereTheBytesAre() throws IOException {
    byte[] content = new byte[4 * BLOCK];
    Arrays.fill(content, (byte) 'h');
    Files.write(folder.resolve("a"), content);
    try (VirtualFileManager files = open()) {
      EntryOperations entries = files.entries();
      long a = entries.lookup(entries.root(), A);
      try (VirtualFile file = entries.open(a, READ_WRITE, false)) {
        file.write(ByteBuffer.wrap("memory".getBytes(StandardCharsets.UTF_8)), BLOCK + 100);
        file.truncate(3 * BLOCK);
        file.truncate(4 * BLOCK);
        Parts parts = new Parts(4 * BLOCK);
        assertEquals(4 * BLOCK, file.ranges(0, 10 * BLOCK, parts));
        ByteBuffer read = ByteBuffer.allocate(4 * BLOCK);
        assertEquals(4 * BLOCK, file.read(read, 0));
        assertArrayEquals(read.array(), parts.bytes);
        assertTrue(parts.kinds.contains("memory " + (BLOCK + 100) + " 6"), parts.kinds::toString);
        assertTrue(parts.kinds.contains("zeros " + 3 * BLOCK + " " + BLOCK), parts.kinds::toString);
        assertTrue(
            parts.kinds.stream().filter(kind -> kind.startsWith("home")).count() >= 2,
            parts.kinds::toString);
      }
    }
  }

  @Test
  void listenersAreToldWhatChanged() throws IOException {
    List<String> told = new ArrayList<>();
    try (VirtualFileManager files = open()) {
      EntryOperations entries = files.entries();
      long root = entries.root();
      long a = entries.createFile(root, A, owned(0600));
      files.checkpoint(State.empty());
      entries.addListener(
          new ChangeListener() {
            @Override
            public void entryChanged(long number) {
              told.add(number == a ? "entry" : "another entry");
            }

            @Override
            public void nameChanged(long directory, Name name) {
              told.add((directory == root ? "name " : "another directory's name ") + name);
            }

            @Override
            public void rolledBack() {
              told.add("rolled back");
            }
          });
      entries.changeMode(a, 0640);
      entries.setTimes(a, 1, 2);
      entries.truncate(a, 10);
      assertEquals(List.of("entry", "entry", "entry"), told);
      told.clear();
      try (VirtualFile file = entries.open(a, OpenFlag.WRITE | OpenFlag.TRUNCATE, false)) {
        file.write(ByteBuffer.wrap(new byte[1]), 0);
        assertEquals(List.of("entry", "entry"), told);
      }
      told.clear();
      entries.rename(root, A, root, B, RenameMode.REPLACE);
      entries.link(a, root, A);
      entries.unlink(root, B);
      entries.createDirectory(root, B, owned(0700));
      entries.removeDirectory(root, B);
      assertEquals(
          List.of(
              "name a", "name b", "entry", "name a", "entry", "name b", "entry", "name b",
              "name b"),
          told);
      told.clear();
      entries.createFile(root, B, owned(0600));
      entries.rename(root, B, root, A, RenameMode.REPLACE);
      assertEquals(List.of("name b", "name b", "name a", "another entry", "entry"), told);
      told.clear();
      assertErrno(Errno.ENOENT, () -> entries.unlink(root, B));
      assertEquals(List.of(), told);
      files.rollback();
      assertEquals(List.of("rolled back"), told);
    }
  }
}
