package dev.vfo.testkit;

import static dev.vfo.testkit.TestFiles.name;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Random histories of one file's content. A model keeps all contents that each sector had since it
 * was last durable, and which bytes were written since; what crashes leave must be made of them (C5
 * to C7, C9).
 */
final class ContentHistoryTest {
  private static final int SECTOR = 512;
  private static final int SECTORS = 40;

  private SimulatedStorage storage = new SimulatedStorage();
  private TestFiles files = new TestFiles(storage, -1);
  private int fd;
  private int syncedFd;
  private Random random = new Random(0);

  private byte[] content = new byte[0];
  private final List<List<byte[]>> versions = new ArrayList<>();
  private final boolean[] written = new boolean[SECTORS * SECTOR];
  private final Set<Integer> sizes = new TreeSet<>();

  @Test
  void sectorsAreOldOrNewWithoutTearing() throws StorageException {
    for (int history = 0; history < 100; history++) {
      run(history, Tearing.NONE);
    }
  }

  @Test
  void garbageIsOnlyWhereWasWritten() throws StorageException {
    for (int history = 0; history < 100; history++) {
      run(history, Tearing.WRITTEN_BYTES);
    }
  }

  private void run(int seed, Tearing tearing) throws StorageException {
    random = new Random(seed);
    storage =
        new SimulatedStorage(SimulationOptions.defaults().withSeed(seed).withTearing(tearing));
    files = new TestFiles(storage, storage.openRoot(Disks.ROOT));
    fd = files.create("a", "");
    syncedFd = files.open("a", TestFiles.READ_WRITE | OpenFlag.DATA_SYNC);
    storage.syncFileSystem(files.root());
    content = new byte[0];
    settle();
    for (int step = 0; step < 25; step++) {
      step();
      assertArrayEquals(content, files.content(fd));
      for (int crash = 0; crash < 4; crash++) {
        check(storage.crash(random.nextLong()), tearing);
      }
    }
    storage.check();
  }

  private void step() throws StorageException {
    int from = random.nextInt(SECTORS * SECTOR);
    int length = 1 + random.nextInt(SECTORS * SECTOR - from);
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> write(fd, from, random.nextBoolean() ? 1 + length % 900 : length);
      case 4, 5 -> {
        write(syncedFd, from, length);
        settleRange(from, from + length);
      }
      case 6 -> {
        storage.truncate(fd, from);
        int old = content.length;
        markWritten(from, old);
        content = Arrays.copyOf(content, from);
        remember();
      }
      case 7 -> {
        storage.punchHole(fd, from, length);
        int end = Math.min(content.length, from + length);
        if (from < end) {
          markWritten(from, end);
          Arrays.fill(content, from, end, (byte) 0);
          remember();
        }
      }
      case 8 -> {
        storage.allocate(fd, from, length, random.nextBoolean());
        if (storage.stat(fd).sizeBytes() > content.length) {
          content = Arrays.copyOf(content, from + length);
        }
        remember();
      }
      default -> {
        storage.dataSync(fd);
        settle();
      }
    }
  }

  private void write(int descriptor, int from, int length) throws StorageException {
    int count = Math.min(length, SECTORS * SECTOR - from);
    byte[] piece = new byte[count];
    Arrays.fill(piece, (byte) (1 + random.nextInt(100)));
    files.write(descriptor, piece, from);
    content = Arrays.copyOf(content, Math.max(content.length, from + count));
    System.arraycopy(piece, 0, content, from, count);
    markWritten(from, from + count);
    remember();
  }

  private void markWritten(int from, int to) {
    if (from < to) {
      Arrays.fill(written, from, to, true);
    }
  }

  /** What a sector holds now; zeros behind the end. */
  private byte[] sector(int index) {
    byte[] padded = Arrays.copyOf(content, SECTORS * SECTOR);
    return Arrays.copyOfRange(padded, index * SECTOR, (index + 1) * SECTOR);
  }

  private void remember() {
    for (int i = 0; i < SECTORS; i++) {
      versions.get(i).add(sector(i));
    }
    sizes.add(content.length);
  }

  private void settle() {
    versions.clear();
    for (int i = 0; i < SECTORS; i++) {
      versions.add(new ArrayList<>(List.of(sector(i))));
    }
    sizes.clear();
    sizes.add(content.length);
    Arrays.fill(written, false);
  }

  private void settleRange(int from, int to) {
    for (int i = from / SECTOR; i <= (to - 1) / SECTOR; i++) {
      versions.set(i, new ArrayList<>(List.of(sector(i))));
      Arrays.fill(written, i * SECTOR, (i + 1) * SECTOR, false);
    }
    sizes.clear();
    sizes.add(content.length);
  }

  private void check(SimulatedStorage after, Tearing tearing) throws StorageException {
    after.check();
    TestFiles found = new TestFiles(after, after.openRoot(Disks.ROOT));
    byte[] bytes = found.content(found.open(found.root(), name("a"), OpenFlag.READ, 0));
    assertTrue(sizes.contains(bytes.length), () -> bytes.length + " is none of " + sizes);
    for (int i = 0; i * SECTOR < bytes.length; i++) {
      checkSector(bytes, i, tearing);
    }
  }

  private void checkSector(byte[] bytes, int index, Tearing tearing) {
    int from = index * SECTOR;
    int to = Math.min(bytes.length, from + SECTOR);
    for (byte[] version : versions.get(index)) {
      boolean same = true;
      for (int i = from; i < to && same; i++) {
        boolean spoiled = tearing != Tearing.NONE && written[i];
        same = spoiled || bytes[i] == version[i - from];
      }
      if (same) {
        return;
      }
    }
    assertEquals("one of the versions", "something else", "sector " + index);
  }
}
