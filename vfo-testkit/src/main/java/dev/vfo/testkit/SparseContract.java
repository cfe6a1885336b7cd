package dev.vfo.testkit;

import static dev.vfo.testkit.TestFiles.assertFails;
import static dev.vfo.testkit.TestFiles.assumeWorks;
import static dev.vfo.testkit.TestFiles.name;
import static dev.vfo.testkit.TestFiles.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Holes, allocation and the search for data. */
interface SparseContract extends StorageTest {
  /** Larger than the block of any file system, so that a hole of this size is one. */
  int MIB = 1 << 20;

  @Test
  default void searchFindsDataAndHoles() throws StorageException {
    int fd = files().create("a", "");
    files().write(fd, full(MIB), MIB);
    files().storage().truncate(fd, 3 * MIB);
    assumeHoles(fd);
    assertEquals(MIB, files().storage().seekData(fd, 0));
    assertEquals(MIB, files().storage().seekData(fd, MIB));
    assertEquals(MIB + 5, files().storage().seekData(fd, MIB + 5));
    assertEquals(-1, files().storage().seekData(fd, 2 * MIB));
    assertEquals(0, files().storage().seekHole(fd, 0));
    assertEquals(2 * MIB, files().storage().seekHole(fd, MIB));
    assertEquals(2 * MIB + 7, files().storage().seekHole(fd, 2 * MIB + 7));
  }

  @Test
  default void endOfTheFileIsAHole() throws StorageException {
    int fd = files().create("a", "hello");
    assertEquals(0, files().storage().seekData(fd, 0));
    assertEquals(4, files().storage().seekData(fd, 4));
    assertEquals(5, files().storage().seekHole(fd, 0));
    assertEquals(5, files().storage().seekHole(fd, 3));
  }

  @Test
  default void searchAtOrBehindTheEndFindsNothing() throws StorageException {
    int fd = files().create("a", "hello");
    assertEquals(-1, files().storage().seekData(fd, 5));
    assertEquals(-1, files().storage().seekData(fd, 500));
    assertEquals(-1, files().storage().seekHole(fd, 5));
    assertEquals(-1, files().storage().seekHole(fd, 500));
    int empty = files().create("empty", "");
    assertEquals(-1, files().storage().seekData(empty, 0));
    assertEquals(-1, files().storage().seekHole(empty, 0));
  }

  @Test
  default void searchFromBeforeTheBeginningIsRefused() throws StorageException {
    int fd = files().create("a", "hello");
    assertFails(Errno.EINVAL, () -> files().storage().seekData(fd, -1));
    assertFails(Errno.EINVAL, () -> files().storage().seekHole(fd, -1));
  }

  @Test
  default void searchNeverMissesData() throws StorageException {
    int fd = files().create("a", "");
    long[] places = {0, 5_000, 70_000, 300_001, 2 * MIB - 1};
    for (long place : places) {
      files().write(fd, text("x"), place);
    }
    for (long place : places) {
      assertEquals(place, files().storage().seekData(fd, place));
      assertTrue(files().storage().seekHole(fd, place) > place);
    }
  }

  @Test
  default void punchedRangeIsZeros() throws StorageException {
    int fd = files().create("a", "");
    byte[] content = full(3 * MIB);
    files().write(fd, content, 0);
    assumeWorks(() -> files().storage().punchHole(fd, MIB + 10, MIB), Errno.EOPNOTSUPP);
    Arrays.fill(content, MIB + 10, 2 * MIB + 10, (byte) 0);
    assertArrayEquals(content, files().content(fd));
    assertEquals(MIB + 10, files().storage().seekData(fd, MIB + 9) + 1);
    assertTrue(files().storage().seekHole(fd, 0) < 2 * MIB);
  }

  @Test
  default void punchingKeepsTheSize() throws StorageException {
    int fd = files().create("a", "hello");
    assumeWorks(() -> files().storage().punchHole(fd, 3, 1000), Errno.EOPNOTSUPP);
    assertArrayEquals(new byte[] {'h', 'e', 'l', 0, 0}, files().content(fd));
    files().storage().punchHole(fd, 100_000, 1000);
    assertEquals(5, files().stat("a").sizeBytes());
    assertFails(Errno.EINVAL, () -> files().storage().punchHole(fd, 0, 0));
  }

  @Test
  default void sparseFileUsesFewBlocks() throws StorageException {
    int fd = files().create("a", "");
    files().storage().truncate(fd, 100 * MIB);
    assumeHoles(fd);
    assertTrue(files().stat("a").blocks512() < MIB / 512);
    int other = files().create(files().root(), name("b"), full(MIB));
    files().storage().sync(other);
    assertTrue(files().stat("b").blocks512() > 0);
  }

  @Test
  default void allocateGrowsWithZeros() throws StorageException {
    int fd = files().create("a", "hello");
    assumeWorks(() -> files().storage().allocate(fd, 2, 8, false), Errno.EOPNOTSUPP);
    assertArrayEquals(Arrays.copyOf(text("hello"), 10), files().content(fd));
    files().storage().allocate(fd, 0, 3, false);
    assertArrayEquals(Arrays.copyOf(text("hello"), 10), files().content(fd));
  }

  @Test
  default void allocateCanKeepTheSize() throws StorageException {
    int fd = files().create("a", "hello");
    assumeWorks(() -> files().storage().allocate(fd, 0, MIB, true), Errno.EOPNOTSUPP);
    assertEquals("hello", files().content("a"));
    assertTrue(files().stat("a").blocks512() >= MIB / 512);
    files().write(fd, text("x"), 10);
    assertEquals(11, files().stat("a").sizeBytes());
    assertArrayEquals(new byte[] {0, 0, 'x'}, files().read(fd, 8, 10));
  }

  @Test
  default void allocateReservesBlocks() throws StorageException {
    int fd = files().create("a", "");
    assumeWorks(() -> files().storage().allocate(fd, 0, 2 * MIB, false), Errno.EOPNOTSUPP);
    assertEquals(2 * MIB, files().stat("a").sizeBytes());
    assertTrue(files().stat("a").blocks512() >= 2 * MIB / 512);
    assertArrayEquals(new byte[2 * MIB], files().content(fd));
  }

  @Test
  default void searchIsForFilesOpenInAnyMode() throws StorageException {
    files().create("a", "hello");
    int reader = files().open("a", OpenFlag.READ);
    assertEquals(0, files().storage().seekData(reader, 0));
    assertFails(Errno.EBADF, () -> files().storage().punchHole(reader, 0, 1));
    assertFails(Errno.EBADF, () -> files().storage().allocate(reader, 0, 1, false));
  }

  private void assumeHoles(int fd) throws StorageException {
    assumeTrue(files().storage().seekHole(fd, 0) == 0, "a storage without holes");
  }

  private static byte[] full(int length) {
    byte[] content = new byte[length];
    Arrays.fill(content, (byte) 7);
    return content;
  }
}
