package dev.vfo.changes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a commit, as they are the payload of a journal record: {@code
 * docs/changeset-format.md} has the layout. Decoding is strict.
 */
public final class CommitCodec {
  private static final int TIME_AT = 0;
  private static final int VIRTUAL_AT = 8;
  private static final int STATE_LENGTH_AT = 16;
  private static final int STATE_CHECKSUM_AT = 24;
  private static final int FLAGS_AT = 28;
  private static final int LAYER_COUNT_AT = 32;
  private static final int RESERVED_AT = 36;
  private static final int HEADER_BYTES = 40;
  private static final int IS_STORED = 1;

  private CommitCodec() {}

  /** How long the encoding will be, bytes. */
  public static long encodedBytes(Commit commit) {
    long length = HEADER_BYTES + ChangeSetCodec.align(commit.state().inline().length);
    for (ChangeSet layer : commit.layers()) {
      length += ChangeSetCodec.encodedBytes(layer);
    }
    return length;
  }

  /** Writes the encoding to {@code target}, which is as long and all zeros. */
  public static void encode(Commit commit, MemorySegment target) {
    StateBytes state = commit.state();
    target.set(ChangeSetCodec.LONG, TIME_AT, commit.timeNanos());
    target.set(ChangeSetCodec.LONG, VIRTUAL_AT, commit.nextVirtual());
    target.set(ChangeSetCodec.LONG, STATE_LENGTH_AT, state.lengthBytes());
    target.set(ChangeSetCodec.INT, STATE_CHECKSUM_AT, state.checksum());
    target.set(ChangeSetCodec.INT, FLAGS_AT, state.isStored() ? IS_STORED : 0);
    target.set(ChangeSetCodec.INT, LAYER_COUNT_AT, commit.layers().size());
    byte[] inline = state.inline();
    MemorySegment.copy(inline, 0, target, ValueLayout.JAVA_BYTE, HEADER_BYTES, inline.length);
    long at = HEADER_BYTES + ChangeSetCodec.align(inline.length);
    for (ChangeSet layer : commit.layers()) {
      at += ChangeSetCodec.encode(layer, target.asSlice(at));
    }
  }

  /**
   * The commit that these bytes, all of them, encode; extents are slices of them.
   *
   * @throws ChangeSetFormatException when they encode none
   */
  public static Commit decode(MemorySegment source) {
    require(source.byteSize() >= HEADER_BYTES, 0, "only " + source.byteSize() + " bytes");
    require(source.get(ChangeSetCodec.INT, RESERVED_AT) == 0, RESERVED_AT, "reserved bytes");
    StateBytes state = decodeState(source);
    long at = HEADER_BYTES + ChangeSetCodec.align(state.inline().length);
    require(at <= source.byteSize(), STATE_LENGTH_AT, "state of " + state.lengthBytes());
    requireZeros(source, HEADER_BYTES + state.inline().length, at);
    int count = source.get(ChangeSetCodec.INT, LAYER_COUNT_AT);
    require(count >= 0, LAYER_COUNT_AT, count + " layers");
    List<ChangeSet> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long length = ChangeSetCodec.lengthBytesAt(source.asSlice(at));
      layers.add(ChangeSetCodec.decode(source.asSlice(at, length)));
      at += length;
    }
    require(at == source.byteSize(), at, "bytes behind the last layer");
    return new Commit(
        source.get(ChangeSetCodec.LONG, TIME_AT),
        source.get(ChangeSetCodec.LONG, VIRTUAL_AT),
        state,
        layers);
  }

  private static StateBytes decodeState(MemorySegment source) {
    long length = source.get(ChangeSetCodec.LONG, STATE_LENGTH_AT);
    int flags = source.get(ChangeSetCodec.INT, FLAGS_AT);
    int checksum = source.get(ChangeSetCodec.INT, STATE_CHECKSUM_AT);
    require((flags & ~IS_STORED) == 0, FLAGS_AT, "flags " + flags);
    require(length >= 0, STATE_LENGTH_AT, "state of " + length + " bytes");
    if (flags == IS_STORED) {
      return new StateBytes(new byte[0], true, length, checksum);
    }
    require(length <= source.byteSize() - HEADER_BYTES, STATE_LENGTH_AT, "state of " + length);
    byte[] inline = source.asSlice(HEADER_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    return new StateBytes(inline, false, length, checksum);
  }

  private static void requireZeros(MemorySegment source, long from, long to) {
    for (long at = from; at < to; at++) {
      require(source.get(ValueLayout.JAVA_BYTE, at) == 0, at, "padding is not zero");
    }
  }

  private static void require(boolean good, long offset, String reason) {
    if (!good) {
      throw new ChangeSetFormatException(offset, reason);
    }
  }
}
