package dev.vfo.journal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Payloads that tell what they are: which checkpoint, which attempt at it, and whether a byte of
 * them is wrong.
 */
final class Content {
  /** Fields at the start of a payload: checkpoint number, attempt. */
  static final int MIN_BYTES = 16;

  private Content() {}

  /** The payload of an attempt at a checkpoint. */
  static MemorySegment bytes(Arena arena, long checkpoint, long attempt, long lengthBytes) {
    MemorySegment content = arena.allocate(Math.max(1, lengthBytes)).asSlice(0, lengthBytes);
    for (long at = 0; at < lengthBytes; at += Long.BYTES) {
      long word = word(checkpoint, attempt, at);
      if (at + Long.BYTES <= lengthBytes) {
        content.set(JournalFormat.LONG, at, word);
      } else {
        for (long rest = at; rest < lengthBytes; rest++) {
          content.set(JAVA_BYTE, rest, (byte) (word >>> (8 * (rest - at))));
        }
      }
    }
    return content;
  }

  private static long word(long checkpoint, long attempt, long at) {
    if (at < MIN_BYTES) {
      return at == 0 ? checkpoint : attempt;
    }
    long mixed = (checkpoint * 31 + attempt) * 0x9E3779B97F4A7C15L + at * 0xD1B54A32D192ED03L;
    return mixed ^ (mixed >>> 29);
  }

  /** The same, in pieces of uneven length, one of them empty. */
  static Payload payload(Arena arena, long checkpoint, long attempt, long lengthBytes) {
    MemorySegment content = bytes(arena, checkpoint, attempt, lengthBytes);
    long first = lengthBytes / 3;
    long second = lengthBytes / 2;
    return Payload.of(
        List.of(
            content.asSlice(0, first),
            content.asSlice(first, second - first),
            content.asSlice(0, 0),
            content.asSlice(second)));
  }

  /**
   * Which attempt at this checkpoint it is; fails when it is none. At least {@link #MIN_BYTES}
   * long.
   */
  static long attempt(MemorySegment content, long checkpoint) {
    long attempt = content.get(JournalFormat.LONG, Long.BYTES);
    long at = 0;
    for (; at + Long.BYTES <= content.byteSize(); at += Long.BYTES) {
      if (content.get(JournalFormat.LONG, at) != word(checkpoint, attempt, at)) {
        throw wrong(checkpoint, attempt, at);
      }
    }
    for (long rest = at; rest < content.byteSize(); rest++) {
      byte expected = (byte) (word(checkpoint, attempt, at) >>> (8 * (rest - at)));
      if (content.get(JAVA_BYTE, rest) != expected) {
        throw wrong(checkpoint, attempt, rest);
      }
    }
    return attempt;
  }

  private static AssertionError wrong(long checkpoint, long attempt, long offset) {
    return new AssertionError(
        "payload of checkpoint %d, attempt %d, is wrong at %d"
            .formatted(checkpoint, attempt, offset));
  }
}
