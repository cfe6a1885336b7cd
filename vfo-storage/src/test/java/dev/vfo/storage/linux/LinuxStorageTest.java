package dev.vfo.storage.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.vfo.storage.AccessRight;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is special to the real storage; the rest is in the test kit's contract. */
final class LinuxStorageTest {
  private static final int READ_WRITE = OpenFlag.READ | OpenFlag.WRITE;
  private static final Name A = Name.of("a");
  private static final Name B = Name.of("b");

  private final LinuxStorage storage = new LinuxStorage();

  @TempDir private Path folder;

  private int root;

  @BeforeEach
  void openRoot() throws StorageException {
    root = storage.openRoot(folder);
  }

  @AfterEach
  void closeRoot() throws StorageException {
    storage.close(root);
  }

  @Test
  void rootIsFoundByLinksAndRelativePaths() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    Path relative = Path.of("").toAbsolutePath().relativize(folder.toAbsolutePath());
    for (Path path : List.of(link, relative, folder.resolve("."))) {
      int fd = storage.openRoot(path);
      assertEquals(storage.stat(root).identity(), storage.stat(fd).identity());
      storage.close(fd);
    }
  }

  @Test
  void rootPathKeepsItsBytes() throws IOException {
    for (String name : List.of("space and %41", "gr\u00FC\u00DFe", "plus+#?;=")) {
      Path path = Files.createDirectory(folder.resolve(name));
      int fd = storage.openRoot(path);
      Name expected = Name.of(name.getBytes(StandardCharsets.UTF_8));
      assertEquals(storage.stat(root, expected), storage.stat(fd));
      storage.close(fd);
    }
  }

  @Test
  void rootWhoseNameIsNoTextIsFound() throws IOException {
    Name name = Name.of(new byte[] {(byte) 0xFF, 'x', (byte) 0xC3});
    storage.makeDirectory(root, name, 0755);
    Path path;
    try (Stream<Path> entries = Files.list(folder)) {
      path = entries.findFirst().orElseThrow();
    }
    int fd = storage.openRoot(path);
    assertEquals(storage.stat(root, name), storage.stat(fd));
    storage.close(fd);
    storage.removeDirectory(root, name);
  }

  @Test
  void rootThatIsNoneIsRefused() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertErrno(Errno.ENOTDIR, () -> storage.openRoot(file));
    assertErrno(Errno.ENOENT, () -> storage.openRoot(folder.resolve("none")));
    Path deep = folder.resolve("x/".repeat(3000));
    assertErrno(Errno.ENAMETOOLONG, () -> storage.openRoot(deep));
  }

  @Test
  void messagesNameOperationFileAndReason() throws StorageException {
    storage.makeDirectory(root, Name.of("full"), 0755);
    int full = storage.open(root, Name.of("full"), OpenFlag.READ, 0);
    create("full.txt");
    storage.makeSymlink(full, A, new byte[] {'x'});
    StorageException notEmpty =
        assertErrno(Errno.ENOTEMPTY, () -> storage.removeDirectory(root, Name.of("full")));
    assertEquals(
        "remove directory full in "
            + folder
            + " (descriptor "
            + root
            + "): directory not empty (ENOTEMPTY)",
        notEmpty.getMessage());
    storage.close(full);
    StorageException missing = assertErrno(Errno.ENOENT, () -> storage.stat(root, B));
    assertEquals("stat b: no such file or directory (ENOENT)", missing.getMessage());
    StorageException wrong = assertErrno(Errno.EBADF, () -> storage.sync(Integer.MAX_VALUE));
    assertEquals("sync descriptor 2147483647: bad file descriptor (EBADF)", wrong.getMessage());
  }

  @Test
  void fifoDoesNotMakeTheCallerWait() throws StorageException {
    storage.makeNode(root, A, FileType.FIFO, 0600, 0);
    int fd = storage.open(root, A, OpenFlag.READ, 0);
    assertEquals(FileType.FIFO, storage.stat(fd).type());
    storage.close(fd);
    assertErrno(Errno.ENXIO, () -> storage.open(root, A, OpenFlag.WRITE, 0));
  }

  @Test
  void oldWayOfOpeningIsAsSafe() throws StorageException {
    create("a");
    storage.makeSymlink(root, B, new byte[] {'a'});
    Kernel kernel = Kernel.get();
    int flags = Platform.O_CLOEXEC | Platform.O_NOFOLLOW;
    long fd = Opening.openat(kernel, root, kernel.memory.name(A), flags, 0);
    assertEquals(storage.stat(root, A), storage.stat((int) fd));
    storage.close((int) fd);
    assertEquals(-1, Opening.openat(kernel, root, kernel.memory.name(B), flags, 0));
    assertTrue(kernel.failedWith(Errno.ELOOP));
  }

  @Test
  void newWayOfOpeningRefusesWhatIsAbove() {
    Kernel kernel = Kernel.get();
    int flags = Platform.O_CLOEXEC | Platform.O_PATH;
    assertEquals(-1, Opening.openat2(kernel, root, kernel.memory.dotDot, flags, 0));
    assumeTrue(!kernel.failedWith(Errno.ENOSYS) && !kernel.failedWith(Errno.EPERM));
    assertTrue(kernel.failedWith(Errno.EXDEV));
  }

  @Test
  void oldWayOfAskingForAccessAnswersTheSame() throws StorageException {
    Kernel kernel = Kernel.get();
    storage.close(storage.open(root, A, OpenFlag.WRITE | OpenFlag.CREATE, 0600));
    int fd = storage.open(root, A, OpenFlag.PATH, 0);
    int content = AccessRight.READ | AccessRight.WRITE;
    storage.requireAccess(fd, content);
    Access.requireByPath(kernel, fd, content);
    assertErrno(Errno.EACCES, () -> storage.requireAccess(fd, AccessRight.SEARCH));
    assertErrno(Errno.EACCES, () -> Access.requireByPath(kernel, fd, AccessRight.SEARCH));
    storage.close(fd);
    assertErrno(Errno.EBADF, () -> Access.requireByPath(kernel, fd, content));
  }

  @Test
  void oldWayOfChangingModesIsAsSafe() throws StorageException {
    create("a");
    storage.makeSymlink(root, B, new byte[] {'a'});
    Kernel kernel = Kernel.get();
    Modes.setByDescriptor(kernel, "change the mode of", root, A, 06421);
    assertEquals(06421, storage.stat(root, A).mode());
    assertErrno(
        Errno.EOPNOTSUPP, () -> Modes.setByDescriptor(kernel, "change the mode of", root, B, 0));
    assertEquals(06421, storage.stat(root, A).mode());
  }

  @Test
  void copyThroughMemoryCopies() throws StorageException {
    int from = create("a");
    int to = create("b");
    byte[] content = new byte[100_000];
    content[0] = 1;
    content[99_999] = 2;
    MemorySegment memory = Arena.ofAuto().allocate(content.length);
    memory.copyFrom(MemorySegment.ofArray(content));
    assertEquals(content.length, storage.write(from, memory, 0));
    Kernel kernel = Kernel.get();
    long done = 0;
    for (long count = 1; count > 0; done += count) {
      count = RangeCopy.copyThroughMemory(kernel, from, done, to, done + 5, 1 << 20);
    }
    assertEquals(content.length, done);
    memory.fill((byte) 9);
    assertEquals(content.length, storage.read(to, memory, 5));
    assertArrayEquals(content, memory.toArray(ValueLayout.JAVA_BYTE));
    storage.close(from);
    storage.close(to);
  }

  @Test
  void refusedDirectFileIsNotLeftBehind() throws StorageException {
    int fd = -1;
    try {
      fd = storage.open(root, A, READ_WRITE | OpenFlag.CREATE | OpenFlag.DIRECT, 0600);
    } catch (StorageException e) {
      assertEquals(Errno.EINVAL, e.errno());
      assertErrno(Errno.ENOENT, () -> storage.stat(root, A));
    }
    assumeTrue(fd >= 0, "a file system without direct I/O");
    int direct = fd;
    MemorySegment memory = Arena.ofAuto().allocate(8192, 4096);
    assertEquals(4096, storage.write(direct, memory.asSlice(0, 4096), 0));
    assumeTrue(
        List.of("ext4", "xfs").contains(storage.fileSystemStat(direct).typeName()),
        "a file system that may take any alignment");
    assertErrno(Errno.EINVAL, () -> storage.write(direct, memory.asSlice(1, 4096), 0));
    assertErrno(Errno.EINVAL, () -> storage.read(direct, memory.asSlice(0, 4096), 1));
    storage.close(direct);
  }

  /**
   * The JDK's linker makes one object of 40 bytes for each call that keeps the error number;
   * optimized code does without it, but when code is optimized is not for a test to say.
   */
  @Test
  void readAndWriteLeaveNothingOfTheirOwnOnTheHeap() throws StorageException {
    int fd = create("a");
    MemorySegment memory = Arena.ofAuto().allocate(4096);
    transfer(fd, memory, 10_000);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    transfer(fd, memory, 10_000);
    long bytesPerCall = (threads.getCurrentThreadAllocatedBytes() - before) / 20_000;
    assertTrue(bytesPerCall < 48, () -> bytesPerCall + " bytes a call");
    storage.close(fd);
  }

  private void transfer(int fd, MemorySegment memory, int times) throws StorageException {
    for (int i = 0; i < times; i++) {
      storage.write(fd, memory, 0);
      storage.read(fd, memory, 0);
    }
  }

  @Test
  void noCallLeavesADescriptorOpen() throws IOException {
    create("a");
    storage.makeDirectory(root, B, 0755);
    callAll();
    int before = openDescriptors();
    for (int i = 0; i < 100; i++) {
      callAll();
    }
    assertTrue(openDescriptors() < before + 50, "descriptors stay open");
  }

  private void callAll() throws StorageException {
    storage.stat(root, A);
    storage.list(root, (name, inode, type) -> false);
    storage.changeMode(root, A, 0600);
    Modes.setByDescriptor(Kernel.get(), "change the mode of", root, A, 0600);
    int parent = storage.openParent(root);
    storage.close(storage.reopen(parent, OpenFlag.PATH));
    storage.close(parent);
    assertErrno(Errno.EISDIR, () -> storage.open(root, B, OpenFlag.READ | OpenFlag.CREATE, 0));
    assertThrows(
        IllegalStateException.class,
        () ->
            storage.list(
                root,
                (name, inode, type) -> {
                  throw new IllegalStateException("a visitor's own error");
                }));
  }

  private static int openDescriptors() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return (int) descriptors.count();
    }
  }

  @Test
  void errorOfAVisitorEndsTheListing() throws StorageException {
    create("a");
    create("b");
    int[] visits = new int[1];
    StorageException own = new StorageException(Errno.EIO, "visit", "a");
    StorageException thrown =
        assertErrno(
            Errno.EIO,
            () ->
                storage.list(
                    root,
                    (name, inode, type) -> {
                      visits[0]++;
                      throw own;
                    }));
    assertEquals(own, thrown);
    assertEquals(1, visits[0]);
  }

  @Test
  void kindOfFileSystemIsNamed() throws StorageException {
    int proc = storage.openRoot(Path.of("/proc"));
    assertEquals("proc", storage.fileSystemStat(proc).typeName());
    assertEquals(0x9FA0, storage.fileSystemStat(proc).typeMagic());
    assertNotEquals(storage.stat(root).mountDevice(), storage.stat(proc).mountDevice());
    storage.close(proc);
  }

  @Test
  void deviceOfANodeIsThatOfTheCLibrary() throws StorageException {
    int dev = storage.openRoot(Path.of("/dev"));
    FileStat stat = storage.stat(dev, Name.of("null"));
    assertEquals(FileType.CHARACTER_DEVICE, stat.type());
    assertEquals(1 << 8 | 3, stat.device());
    storage.close(dev);
  }

  @Test
  void attributesOfAFileAreThoseThatJavaSees() throws IOException {
    storage.close(create("a"));
    Path path = folder.resolve("a");
    Files.writeString(path, "hello");
    FileStat stat = storage.stat(root, A);
    assertEquals(Files.getAttribute(path, "unix:ino"), stat.identity().inode());
    assertEquals(Files.getAttribute(path, "unix:dev"), stat.mountDevice());
    assertEquals(Files.getAttribute(path, "unix:uid"), stat.uid());
    assertEquals(Files.getAttribute(path, "unix:gid"), stat.gid());
    assertEquals(5, stat.sizeBytes());
    assertFalse(stat.identity().generation() == Generation.NONE);
  }

  private int create(String name) throws StorageException {
    int flags = READ_WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE;
    return storage.open(root, Name.of(name), flags, 0644);
  }

  /** A call that is to fail. */
  @FunctionalInterface
  private interface Call {
    void run() throws StorageException;
  }

  private static StorageException assertErrno(Errno expected, Call call) {
    StorageException thrown = assertThrows(StorageException.class, call::run);
    assertEquals(expected, thrown.errno(), thrown.getMessage());
    return thrown;
  }
}
