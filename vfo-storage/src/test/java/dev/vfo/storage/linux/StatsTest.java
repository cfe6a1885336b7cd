package dev.vfo.storage.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.vfo.storage.FileStat;
import org.junit.jupiter.api.Test;

/** Numbers out of the kernel's structures. */
final class StatsTest {
  @Test
  void timesAreNanoseconds() {
    assertEquals(0, Stats.toNanos(0, 0));
    assertEquals(1_234_567_890_123_456_789L, Stats.toNanos(1_234_567_890, 123_456_789));
    assertEquals(-1, Stats.toNanos(-1, 999_999_999));
  }

  @Test
  void timesThatDoNotFitAreCut() {
    assertEquals(Long.MAX_VALUE, Stats.toNanos(Long.MAX_VALUE, 0));
    assertEquals(Long.MAX_VALUE, Stats.toNanos(9_223_372_036L, 999_999_999));
    assertEquals(9_223_372_035_999_999_999L, Stats.toNanos(9_223_372_035L, 999_999_999));
    assertEquals(Long.MIN_VALUE + 1, Stats.toNanos(Long.MIN_VALUE, 0));
    assertNotEquals(FileStat.OMIT_TIME, Stats.toNanos(-9_223_372_037L, 0));
    assertEquals(-9_223_372_035_000_000_000L, Stats.toNanos(-9_223_372_035L, 0));
  }

  /** The hash stands in files on disk: these values must never change. */
  @Test
  void generationsHashIsForEver() {
    assertEquals(0xefd01f60ba992926L, new Generation.Hash().value());
    Generation.Hash ints = new Generation.Hash();
    ints.add(1);
    ints.add(0x0102030405060708L);
    ints.add((byte) -1);
    Generation.Hash bytes = new Generation.Hash();
    for (int b : new int[] {1, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1, 255}) {
      bytes.add((byte) b);
    }
    assertEquals(ints.value(), bytes.value());
    assertEquals(0x2053b21129fe770dL, ints.value());
  }
}
