package dev.vfo.testkit;

import static dev.vfo.testkit.TestFiles.READ_WRITE;
import static dev.vfo.testkit.TestFiles.memory;
import static dev.vfo.testkit.TestFiles.name;
import static dev.vfo.testkit.TestFiles.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which contents a crash leaves: C2, C5, C6, C7, C9. */
final class ContentCrashTest {
  private static final int SECTOR = 512;

  private SimulatedStorage storage = new SimulatedStorage();
  private TestFiles files = new TestFiles(storage, -1);
  private int fd;

  @BeforeEach
  void open() throws StorageException {
    open(SimulationOptions.defaults());
  }

  /** A file "a" with four durable sectors of 'A'. */
  private void open(SimulationOptions options) throws StorageException {
    storage = new SimulatedStorage(options);
    files = new TestFiles(storage, storage.openRoot(Disks.ROOT));
    fd = files.create(files.root(), name("a"), filled(4 * SECTOR, 'A'));
    storage.syncFileSystem(files.root());
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static byte[] content(SimulatedStorage after) throws StorageException {
    after.check();
    TestFiles found = new TestFiles(after, after.openRoot(Disks.ROOT));
    return found.content(found.open("a", OpenFlag.READ));
  }

  /** What became of each sector: its letter if all bytes are the same, else '*'. */
  private static String sectors(byte[] content) {
    StringBuilder text = new StringBuilder();
    for (int from = 0; from < content.length; from += SECTOR) {
      int to = Math.min(content.length, from + SECTOR);
      byte first = content[from];
      boolean same = Arrays.equals(content, from, to, filled(to - from, first), 0, to - from);
      text.append(same ? first == 0 ? "0" : first == -1 ? "F" : String.valueOf((char) first) : "*");
    }
    return text.toString();
  }

  private Set<String> sectorsSeen() throws StorageException {
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < 4 * Disks.SEEDS; seed++) {
      seen.add(sectors(content(storage.crash(seed))));
    }
    return seen;
  }

  private boolean isSeen(Set<String> seen, String pattern) {
    return seen.stream().anyMatch(text -> text.matches(pattern));
  }

  @Test
  void c5EachSectorIsKeptLostOrGarbage() throws StorageException {
    files.write(fd, filled(2 * SECTOR, 'B'), SECTOR);
    Set<String> seen = sectorsSeen();
    for (char second : "AB*".toCharArray()) {
      for (char third : "AB*".toCharArray()) {
        String pattern =
            "A" + (second == '*' ? "[*]" : second) + (third == '*' ? "[*]" : third) + "A";
        assertTrue(isSeen(seen, pattern), pattern + " in " + seen);
      }
    }
    assertTrue(seen.stream().allMatch(text -> text.matches("A[AB*F][AB*F]A")), seen::toString);
  }

  @Test
  void c9SyncedBytesBesideAWriteStay() throws StorageException {
    files.write(fd, filled(100, 'B'), 700);
    boolean garbage = false;
    for (int seed = 0; seed < 4 * Disks.SEEDS; seed++) {
      byte[] found = content(storage.crash(seed));
      assertArrayEquals(filled(700, 'A'), Arrays.copyOf(found, 700));
      assertArrayEquals(filled(1248, 'A'), Arrays.copyOfRange(found, 800, 2048));
      byte[] written = Arrays.copyOfRange(found, 700, 800);
      garbage |=
          !Arrays.equals(written, filled(100, 'A')) && !Arrays.equals(written, filled(100, 'B'));
    }
    assertTrue(garbage);
  }

  @Test
  void wholeSectorsTearIfAskedFor() throws StorageException {
    open(SimulationOptions.defaults().withTearing(Tearing.WHOLE_SECTORS));
    files.write(fd, filled(100, 'B'), 700);
    Set<String> seen = sectorsSeen();
    assertTrue(seen.stream().allMatch(text -> text.matches("A[A*F]AA")), seen::toString);
    assertTrue(isSeen(seen, "AFAA"), "bytes beside the write are never hit");
  }

  @Test
  void withoutTearingSectorsAreOldOrNew() throws StorageException {
    open(SimulationOptions.defaults().withTearing(Tearing.NONE));
    files.write(fd, filled(2 * SECTOR, 'B'), 0);
    assertEquals(Set.of("AAAA", "ABAA", "BAAA", "BBAA"), sectorsSeen());
  }

  @Test
  void c5EarlierContentsMayBeFoundToo() throws StorageException {
    files.write(fd, filled(SECTOR, 'B'), 0);
    files.write(fd, filled(SECTOR, 'C'), 0);
    Set<String> seen = sectorsSeen();
    assertTrue(seen.containsAll(Set.of("AAAA", "BAAA", "CAAA")), seen::toString);
  }

  @Test
  void c2AndC6SyncedContentStays() throws StorageException {
    for (boolean dataOnly : new boolean[] {true, false}) {
      files.write(fd, filled(3 * SECTOR, dataOnly ? 'B' : 'C'), 2 * SECTOR);
      assertTrue(sectorsSeen().size() > 10);
      if (dataOnly) {
        storage.dataSync(fd);
        assertEquals(Set.of("AABBB"), sectorsSeen());
      } else {
        storage.sync(fd);
        assertEquals(Set.of("AACCC"), sectorsSeen());
      }
    }
  }

  @Test
  void c5SizeIsKeptOrLostByItself() throws StorageException {
    files.write(fd, filled(SECTOR, 'B'), 4 * SECTOR);
    Set<String> seen = sectorsSeen();
    assertTrue(seen.containsAll(Set.of("AAAA", "AAAAB", "AAAA0")), seen::toString);
    assertTrue(isSeen(seen, "AAAA[*]"), seen::toString);
    assertTrue(seen.stream().allMatch(text -> text.matches("AAAA[B0*F]?")), seen::toString);
  }

  @Test
  void c5SizesOfTwoFilesAreIndependent() throws StorageException {
    int other = files.create("b", "");
    storage.syncFileSystem(other);
    storage.truncate(fd, 5_000);
    storage.truncate(other, 6_000);
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < Disks.SEEDS; seed++) {
      SimulatedStorage after = storage.crash(seed);
      TestFiles found = new TestFiles(after, after.openRoot(Disks.ROOT));
      seen.add(found.stat("a").sizeBytes() + " " + found.stat("b").sizeBytes());
    }
    assertEquals(Set.of("2048 0", "2048 6000", "5000 0", "5000 6000"), seen);
  }

  @Test
  void c5TruncateIsKeptOrLost() throws StorageException {
    storage.truncate(fd, SECTOR);
    Set<String> seen = sectorsSeen();
    assertTrue(seen.containsAll(Set.of("A", "AAAA")), seen::toString);
    storage.truncate(fd, 3 * SECTOR);
    seen = sectorsSeen();
    assertTrue(seen.containsAll(Set.of("A", "AAAA", "A00", "AAA")), seen::toString);
    storage.sync(fd);
    assertEquals(Set.of("A00"), sectorsSeen());
  }

  @Test
  void newFileWithoutSyncMayBeEmptyOrZerosOrGarbage() throws StorageException {
    files.create(files.root(), name("b"), filled(2 * SECTOR, 'N'));
    storage.sync(files.root());
    storage.rename(files.root(), name("b"), files.root(), name("a"), RenameMode.REPLACE);
    storage.sync(files.root());
    Set<String> seen = sectorsSeen();
    assertTrue(seen.containsAll(Set.of("", "00", "NN", "N0", "0N")), seen::toString);
    assertTrue(isSeen(seen, "[*].|.[*]"), seen::toString);
  }

  @Test
  void c7DataSyncWritesAreDurableWithTheSize() throws StorageException {
    int direct = files.open("a", READ_WRITE | OpenFlag.DATA_SYNC);
    files.write(fd, filled(SECTOR, 'B'), 0);
    files.write(direct, filled(SECTOR, 'C'), 4 * SECTOR);
    Set<String> seen = sectorsSeen();
    assertTrue(seen.stream().allMatch(text -> text.matches("[AB*F]AAAC")), seen::toString);
    assertTrue(seen.containsAll(Set.of("AAAAC", "BAAAC")), "only its own range is synced");
  }

  @Test
  void c7DataSyncedWriteDoesNotLetOlderOnesThrough() throws StorageException {
    int direct = files.open("a", READ_WRITE | OpenFlag.DATA_SYNC);
    files.write(fd, filled(2 * SECTOR, 'B'), 0);
    files.write(fd, filled(2 * SECTOR, 'C'), 0);
    files.write(direct, filled(SECTOR, 'D'), 0);
    Set<String> seen = sectorsSeen();
    assertTrue(seen.stream().allMatch(text -> text.matches("D[ABC*F]AA")), seen::toString);
    assertTrue(seen.containsAll(Set.of("DAAA", "DBAA", "DCAA")), seen::toString);
    storage.sync(fd);
    assertEquals(Set.of("DCAA"), sectorsSeen());
  }

  @Test
  void c7DataSyncWriteMayTearWhileItRuns() throws StorageException {
    int direct = files.open("a", READ_WRITE | OpenFlag.DATA_SYNC);
    storage.faults().add(Fault.crash().on(Operation.WRITE).atCall(1));
    assertThrows(
        SimulatedCrash.class, () -> storage.write(direct, memory(filled(2 * SECTOR, 'B')), 0));
    Set<String> seen = sectorsSeen();
    assertTrue(seen.containsAll(Set.of("AAAA", "BBAA", "ABAA", "BAAA")), seen::toString);
    assertTrue(isSeen(seen, "[*].AA"), seen::toString);
  }

  @Test
  void directWritesAreNotSyncedWrites() throws StorageException {
    int direct = files.open("a", READ_WRITE | OpenFlag.DIRECT);
    files.write(direct, filled(4096, 'B'), 0);
    Set<String> seen = sectorsSeen();
    assertTrue(seen.containsAll(Set.of("AAAA", "BBBBBBBB")), seen::toString);
  }

  @Test
  void holesArePunchedOrNot() throws StorageException {
    files.write(fd, filled(3 * 4096, 'B'), 0);
    storage.sync(fd);
    storage.punchHole(fd, 4096, 4096);
    String b = "B".repeat(8);
    Set<String> seen = sectorsSeen();
    assertTrue(seen.containsAll(Set.of(b + b + b, b + "0".repeat(8) + b)), seen::toString);
    storage.dataSync(fd);
    assertEquals(Set.of(b + "0".repeat(8) + b), sectorsSeen());
  }

  @Test
  void whatAnUnlinkedFileHadIsBackWhenTheUnlinkIsLost() throws StorageException {
    storage.unlink(files.root(), name("a"));
    files.close(fd);
    storage.setAvailableBytes(1 << 20);
    assertFalse(storage.faults().isCrashed());
    assertEquals("{}", Disks.tree(storage.crash(CrashMode.LOSE_ALL, 1)).toString());
    SimulatedStorage other = new SimulatedStorage();
    TestFiles steps = new TestFiles(other, other.openRoot(Disks.ROOT));
    steps.close(steps.create("a", "hello"));
    other.syncFileSystem(steps.root());
    other.unlink(steps.root(), name("a"));
    steps.create("b", "x");
    assertEquals("{/a=hello}", Disks.tree(other.crash(CrashMode.LOSE_ALL, 1)).toString());
    assertEquals(Set.of("hello", "null"), Disks.contentsSeen(other, "/a"));
  }

  @Test
  void crashedStorageIsNotChangedByIt() throws StorageException {
    files.write(fd, text("hello"), 0);
    byte[] before = files.content(fd);
    for (CrashMode mode : CrashMode.values()) {
      SimulatedStorage after = storage.crash(mode, 5);
      TestFiles found = new TestFiles(after, after.openRoot(Disks.ROOT));
      found.write(found.open("a", READ_WRITE), filled(10_000, 'X'), 0);
      after.unlink(found.root(), name("a"));
    }
    assertArrayEquals(before, files.content(fd));
    storage.check();
  }

  @Test
  void everythingIsDurableAfterACrash() throws StorageException {
    files.write(fd, filled(10_000, 'B'), 100);
    SimulatedStorage after = storage.crash(17);
    byte[] found = content(after);
    for (int seed = 0; seed < 50; seed++) {
      assertArrayEquals(found, content(after.crash(seed)));
    }
  }
}
