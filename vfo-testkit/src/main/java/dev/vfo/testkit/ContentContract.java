package dev.vfo.testkit;

import static dev.vfo.testkit.TestFiles.assertFails;
import static dev.vfo.testkit.TestFiles.assumeWorks;
import static dev.vfo.testkit.TestFiles.bytes;
import static dev.vfo.testkit.TestFiles.memory;
import static dev.vfo.testkit.TestFiles.name;
import static dev.vfo.testkit.TestFiles.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vfo.storage.Errno;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reading, writing, sizes and copies. */
interface ContentContract extends StorageTest {

  @Test
  default void readEndsAtTheEndOfTheFile() throws StorageException {
    int fd = files().create("a", "hello");
    MemorySegment target = memory(new byte[100]);
    assertEquals(5, files().storage().read(fd, target, 0));
    assertEquals(2, files().storage().read(fd, target, 3));
    assertEquals(0, files().storage().read(fd, target, 5));
    assertEquals(0, files().storage().read(fd, target, 1L << 40));
  }

  @Test
  default void shortReadLeavesTheRestOfTheMemory() throws StorageException {
    int fd = files().create("a", "he");
    byte[] nines = bytes(9, 9, 9, 9);
    MemorySegment target = memory(nines);
    assertEquals(2, files().storage().read(fd, target, 0));
    assertEquals(9, target.get(ValueLayout.JAVA_BYTE, 2));
  }

  @Test
  default void emptyMemoryReadsNothing() throws StorageException {
    int fd = files().create("a", "hello");
    assertEquals(0, files().storage().read(fd, memory(new byte[0]), 0));
  }

  @Test
  default void writeBehindTheEndLeavesZeros() throws StorageException {
    int fd = files().create("a", "ab");
    files().write(fd, text("c"), 5);
    assertArrayEquals(bytes('a', 'b', 0, 0, 0, 'c'), files().content(fd));
  }

  @Test
  default void overwritingChangesOnlyTheRange() throws StorageException {
    int fd = files().create("a", "0123456789");
    files().write(fd, text("xyz"), 3);
    assertEquals("012xyz6789", files().content("a"));
  }

  @Test
  default void negativeOffsetsAndSizesAreRefused() throws StorageException {
    int fd = files().create("a", "hello");
    assertFails(Errno.EINVAL, () -> files().storage().read(fd, memory(new byte[1]), -1));
    assertFails(Errno.EINVAL, () -> files().storage().write(fd, memory(new byte[1]), -1));
    assertFails(Errno.EINVAL, () -> files().storage().truncate(fd, -1));
    assertFails(Errno.EINVAL, () -> files().storage().allocate(fd, -1, 1, false));
    assertFails(Errno.EINVAL, () -> files().storage().allocate(fd, 0, 0, false));
    assertEquals("hello", files().content("a"));
  }

  @Test
  default void memoryMustBeNative() throws StorageException {
    int fd = files().create("a", "hello");
    MemorySegment heap = MemorySegment.ofArray(new byte[5]);
    assertThrows(IllegalArgumentException.class, () -> files().storage().read(fd, heap, 0));
    assertThrows(IllegalArgumentException.class, () -> files().storage().write(fd, heap, 0));
  }

  @Test
  default void directoryHasNoContent() throws StorageException {
    int fd = files().makeDirectory("d");
    assertFails(Errno.EISDIR, () -> files().storage().read(fd, memory(new byte[1]), 0));
    assertFails(Errno.EBADF, () -> files().storage().write(fd, memory(new byte[1]), 0));
    assertFails(Errno.EINVAL, () -> files().storage().truncate(fd, 0));
  }

  @Test
  default void truncateCutsAndGrowsWithZeros() throws StorageException {
    int fd = files().create("a", "0123456789");
    files().storage().truncate(fd, 4);
    assertEquals("0123", files().content("a"));
    files().storage().truncate(fd, 7);
    assertArrayEquals(bytes('0', '1', '2', '3', 0, 0, 0), files().content(fd));
    files().storage().truncate(fd, 7);
    assertEquals(7, files().stat("a").sizeBytes());
  }

  @Test
  default void whatWasCutDoesNotComeBack() throws StorageException {
    int fd = files().create(files().root(), name("a"), filled(20_000, 7));
    files().storage().truncate(fd, 5_000);
    files().write(fd, bytes(8), 15_000);
    byte[] expected = new byte[15_001];
    System.arraycopy(filled(5_000, 7), 0, expected, 0, 5_000);
    expected[15_000] = 8;
    assertArrayEquals(expected, files().content(fd));
  }

  @Test
  default void veryLargeOffsetsWork() throws StorageException {
    int fd = files().create("a", "");
    long offset = 1L << 40;
    assumeWorks(() -> files().storage().truncate(fd, offset), Errno.EFBIG);
    files().write(fd, text("x"), offset);
    assertEquals(offset + 1, files().stat("a").sizeBytes());
    assertArrayEquals(bytes(0, 'x'), files().read(fd, offset - 1, 10));
  }

  @Test
  default void largeWritesArriveWhole() throws StorageException {
    byte[] content = random(3_000_001, 1);
    int fd = files().create(files().root(), name("a"), content);
    assertArrayEquals(content, files().content(fd));
  }

  @Test
  default void randomWritesAndCutsMatchAnArray() throws StorageException {
    Random random = new Random(4711);
    int fd = files().create("a", "");
    byte[] model = new byte[0];
    for (int i = 0; i < 300; i++) {
      if (random.nextInt(5) == 0) {
        model = Arrays.copyOf(model, random.nextInt(30_000));
        files().storage().truncate(fd, model.length);
      } else {
        byte[] piece = random(1 + random.nextInt(9_000), i);
        int offset = random.nextInt(20_000);
        model = Arrays.copyOf(model, Math.max(model.length, offset + piece.length));
        System.arraycopy(piece, 0, model, offset, piece.length);
        files().write(fd, piece, offset);
      }
      assertArrayEquals(model, files().content(fd));
    }
  }

  @Test
  default void descriptorsOfOneFileSeeEachOther() throws StorageException {
    int first = files().create("a", "hello");
    int second = files().open("a", OpenFlag.READ | OpenFlag.WRITE);
    files().write(second, text("J"), 0);
    files().write(first, text("!"), 5);
    assertArrayEquals(text("Jello!"), files().content(second));
    assertArrayEquals(text("Jello!"), files().content(first));
  }

  @Test
  default void copyRangeCopies() throws StorageException {
    byte[] content = random(300_000, 2);
    int from = files().create(files().root(), name("from"), content);
    int to = files().create("to", "");
    copyAll(from, 0, to, 0, content.length);
    assertArrayEquals(content, files().content(to));
  }

  @Test
  default void copyRangeTakesAnyOffset() throws StorageException {
    int from = files().create("from", "0123456789");
    int to = files().create("to", "abcdefghij");
    copyAll(from, 3, to, 5, 4);
    assertEquals("abcde3456j", files().content("to"));
    assertEquals("0123456789", files().content("from"));
  }

  @Test
  default void copyRangeEndsAtTheSourcesEnd() throws StorageException {
    int from = files().create("from", "0123");
    int to = files().create("to", "");
    assertEquals(2, files().storage().copyRange(from, 2, to, 0, 1000));
    assertEquals(0, files().storage().copyRange(from, 4, to, 2, 1000));
    assertEquals(0, files().storage().copyRange(from, 400, to, 2, 1000));
    assertEquals("23", files().content("to"));
  }

  @Test
  default void copyRangeWithinOneFile() throws StorageException {
    int fd = files().create("a", "0123456789");
    copyAll(fd, 0, fd, 6, 3);
    assertEquals("0123450129", files().content("a"));
    assertFails(Errno.EINVAL, () -> files().storage().copyRange(fd, 0, fd, 2, 4));
    assertEquals("0123450129", files().content("a"));
  }

  @Test
  default void copyRangeNeedsFilesAndAccess() throws StorageException {
    int from = files().create("from", "0123");
    int reader = files().open("from", OpenFlag.READ);
    int directory = files().makeDirectory("d");
    assertFails(Errno.EBADF, () -> files().storage().copyRange(from, 0, reader, 10, 1));
    assertFails(Errno.EISDIR, () -> files().storage().copyRange(directory, 0, from, 0, 1));
  }

  private void copyAll(int from, long fromOffset, int to, long toOffset, long length)
      throws StorageException {
    long done = 0;
    while (done < length) {
      long count =
          files().storage().copyRange(from, fromOffset + done, to, toOffset + done, length - done);
      assertEquals(true, count > 0 && count <= length - done);
      done += count;
    }
  }

  private static byte[] filled(int length, int value) {
    byte[] content = new byte[length];
    Arrays.fill(content, (byte) value);
    return content;
  }

  private static byte[] random(int length, long seed) {
    byte[] content = new byte[length];
    new Random(seed).nextBytes(content);
    return content;
  }
}
