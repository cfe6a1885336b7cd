package dev.vfo.changes;

import dev.vfo.changes.Verdict.Aborts;
import dev.vfo.changes.Verdict.Commits;
import dev.vfo.changes.Verdict.Decided;
import dev.vfo.changes.Verdict.Undecided;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The part of a commit's bytes that says what it decides: {@code docs/changeset-format.md} has the
 * layout. Decoding is strict.
 */
final class VerdictCodec {
  private static final int IS_UNDECIDED = 4;
  private static final int COMMITS = 8;
  private static final int ABORTS = 16;
  private static final int LAYER_AT = 8;
  private static final int ID_AT = 16;

  /** The flags of a commit that speak of it. */
  static final int FLAGS = IS_UNDECIDED | COMMITS | ABORTS;

  private VerdictCodec() {}

  /** The flag of a verdict. */
  static int flag(Verdict verdict) {
    return switch (verdict) {
      case Decided _ -> 0;
      case Undecided _ -> IS_UNDECIDED;
      case Commits _ -> COMMITS;
      case Aborts _ -> ABORTS;
    };
  }

  /** The bytes of a verdict, a multiple of 8. */
  static byte[] encode(Verdict verdict) {
    return switch (verdict) {
      case Decided _ -> new byte[0];
      case Undecided undecided -> encode(undecided);
      case Commits commits -> encode(commits.record());
      case Aborts aborts -> encode(aborts.record());
    };
  }

  private static byte[] encode(long record) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(record).array();
  }

  private static byte[] encode(Undecided undecided) {
    byte[] id = undecided.id().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(ID_AT + (int) ChangeSetCodec.align(id.length))
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(id.length)
        .putLong(undecided.newestLayer())
        .put(id)
        .array();
  }

  /**
   * The verdict that stands at an offset.
   *
   * @throws ChangeSetFormatException when there is none that these flags speak of
   */
  static Verdict decode(int flags, MemorySegment source, long at) {
    int flag = flags & FLAGS;
    if (flag == 0) {
      return Verdict.DECIDED;
    }
    long room = source.byteSize() - at - Long.BYTES;
    require(room >= 0, at, "no verdict");
    long value = source.get(ChangeSetCodec.LONG, at);
    require(value > 0, at, "verdict " + value);
    return switch (flag) {
      case IS_UNDECIDED -> undecided(source.asSlice(at), value, at);
      case COMMITS -> new Commits(value);
      case ABORTS -> new Aborts(value);
      default -> throw new ChangeSetFormatException(at, "two verdicts");
    };
  }

  private static Undecided undecided(MemorySegment source, long length, long at) {
    long end = ID_AT + ChangeSetCodec.align(Math.min(length, Undecided.MAX_ID_BYTES));
    require(
        length <= Undecided.MAX_ID_BYTES && end <= source.byteSize(),
        at,
        "an id of " + length + " bytes");
    byte[] id = source.asSlice(ID_AT, length).toArray(ValueLayout.JAVA_BYTE);
    Undecided undecided = undecided(id, source.get(ChangeSetCodec.LONG, LAYER_AT), at);
    byte[] is = source.asSlice(0, end).toArray(ValueLayout.JAVA_BYTE);
    require(
        Arrays.equals(is, encode(undecided)), at, "an id that is not UTF-8, or without padding");
    return undecided;
  }

  private static Undecided undecided(byte[] id, long layer, long at) {
    try {
      return new Undecided(new String(id, StandardCharsets.UTF_8), layer);
    } catch (IllegalArgumentException e) {
      throw new ChangeSetFormatException(at, e);
    }
  }

  /** Whether a commit has nothing that its verdict does not allow. */
  static boolean fits(Commit commit) {
    return switch (commit.verdict()) {
      case Decided _, Undecided _ -> true;
      case Commits _, Aborts _ ->
          commit.layers().isEmpty() && commit.descriptors().isEmpty() && commit.state().isEmpty();
    };
  }

  private static void require(boolean good, long offset, String reason) {
    if (!good) {
      throw new ChangeSetFormatException(offset, reason);
    }
  }
}
