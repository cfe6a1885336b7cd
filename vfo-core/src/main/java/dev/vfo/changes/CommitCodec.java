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
  static final int FLAGS_AT = 28;
  private static final int LAYER_COUNT_AT = 32;
  private static final int MANIFEST_LENGTH_AT = 36;
  private static final int HEADER_BYTES = 40;
  private static final int IS_STORED = 1;
  private static final int HAS_DESCRIPTORS = 2;
  private static final int KNOWN_FLAGS = IS_STORED | HAS_DESCRIPTORS | VerdictCodec.FLAGS;

  private CommitCodec() {}

  /** How long the encoding will be, bytes. */
  public static long encodedBytes(Commit commit) {
    StateBytes state = commit.state();
    long length = HEADER_BYTES + ChangeSetCodec.align(state.inline().length);
    length += ChangeSetCodec.align(state.manifest().length);
    length += VerdictCodec.encode(commit.verdict()).length;
    for (ChangeSet layer : commit.layers()) {
      length += ChangeSetCodec.encodedBytes(layer);
    }
    return length + descriptorBytes(commit).length;
  }

  private static byte[] descriptorBytes(Commit commit) {
    DescriptorTable table = commit.descriptors();
    return table.isEmpty() ? new byte[0] : DescriptorTableCodec.encode(table);
  }

  /** Writes the encoding to {@code target}, which is as long and all zeros. */
  public static void encode(Commit commit, MemorySegment target) {
    StateBytes state = commit.state();
    target.set(ChangeSetCodec.LONG, TIME_AT, commit.timeNanos());
    target.set(ChangeSetCodec.LONG, VIRTUAL_AT, commit.nextVirtual());
    target.set(ChangeSetCodec.LONG, STATE_LENGTH_AT, state.lengthBytes());
    target.set(ChangeSetCodec.INT, STATE_CHECKSUM_AT, state.checksum());
    target.set(ChangeSetCodec.INT, FLAGS_AT, flags(commit));
    target.set(ChangeSetCodec.INT, LAYER_COUNT_AT, commit.layers().size());
    byte[] inline = state.inline();
    MemorySegment.copy(inline, 0, target, ValueLayout.JAVA_BYTE, HEADER_BYTES, inline.length);
    long at = HEADER_BYTES + ChangeSetCodec.align(inline.length);
    byte[] manifest = state.manifest();
    target.set(ChangeSetCodec.INT, MANIFEST_LENGTH_AT, manifest.length);
    MemorySegment.copy(manifest, 0, target, ValueLayout.JAVA_BYTE, at, manifest.length);
    at += ChangeSetCodec.align(manifest.length);
    at += put(VerdictCodec.encode(commit.verdict()), target, at);
    for (ChangeSet layer : commit.layers()) {
      at += ChangeSetCodec.encode(layer, target.asSlice(at));
    }
    put(descriptorBytes(commit), target, at);
  }

  private static int put(byte[] bytes, MemorySegment target, long at) {
    MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, at, bytes.length);
    return bytes.length;
  }

  private static int flags(Commit commit) {
    return (commit.state().isStored() ? IS_STORED : 0)
        | (commit.descriptors().isEmpty() ? 0 : HAS_DESCRIPTORS)
        | VerdictCodec.flag(commit.verdict());
  }

  /**
   * The commit that these bytes, all of them, encode; extents are slices of them.
   *
   * @throws ChangeSetFormatException when they encode none
   */
  public static Commit decode(MemorySegment source) {
    require(source.byteSize() >= HEADER_BYTES, 0, "only " + source.byteSize() + " bytes");
    StateBytes state = decodeState(source);
    long at = HEADER_BYTES + ChangeSetCodec.align(state.inline().length);
    at += ChangeSetCodec.align(state.manifest().length);
    int flags = source.get(ChangeSetCodec.INT, FLAGS_AT);
    Verdict verdict = VerdictCodec.decode(flags, source, at);
    at += VerdictCodec.encode(verdict).length;
    int count = source.get(ChangeSetCodec.INT, LAYER_COUNT_AT);
    require(count >= 0, LAYER_COUNT_AT, count + " layers");
    List<ChangeSet> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long length = ChangeSetCodec.lengthBytesAt(source.asSlice(at));
      layers.add(ChangeSetCodec.decode(source.asSlice(at, length)));
      at += length;
    }
    DescriptorTable descriptors = DescriptorTable.EMPTY;
    if ((flags & HAS_DESCRIPTORS) != 0) {
      byte[] bytes = source.asSlice(at).toArray(ValueLayout.JAVA_BYTE);
      descriptors = DescriptorTableCodec.decode(bytes, at);
    } else {
      require(at == source.byteSize(), at, "bytes behind the last layer");
    }
    Commit commit =
        new Commit(
            source.get(ChangeSetCodec.LONG, TIME_AT),
            source.get(ChangeSetCodec.LONG, VIRTUAL_AT),
            state,
            layers,
            descriptors,
            verdict);
    require(VerdictCodec.fits(commit), FLAGS_AT, "a decision with a checkpoint of its own");
    return commit;
  }

  private static StateBytes decodeState(MemorySegment source) {
    long length = source.get(ChangeSetCodec.LONG, STATE_LENGTH_AT);
    int flags = source.get(ChangeSetCodec.INT, FLAGS_AT);
    int checksum = source.get(ChangeSetCodec.INT, STATE_CHECKSUM_AT);
    require((flags & ~KNOWN_FLAGS) == 0, FLAGS_AT, "flags " + flags);
    require(length >= 0, STATE_LENGTH_AT, "state of " + length + " bytes");
    boolean stored = (flags & IS_STORED) != 0;
    byte[] inline = decodeBytes(source, HEADER_BYTES, stored ? 0 : length, STATE_LENGTH_AT);
    byte[] manifest =
        decodeBytes(
            source,
            HEADER_BYTES + ChangeSetCodec.align(inline.length),
            source.get(ChangeSetCodec.INT, MANIFEST_LENGTH_AT),
            MANIFEST_LENGTH_AT);
    return new StateBytes(inline, stored, length, checksum, manifest);
  }

  // Bytes that are filled up with zeros.
  private static byte[] decodeBytes(MemorySegment source, long at, long length, long lengthAt) {
    long room = source.byteSize() - at;
    require(length >= 0 && length <= room, lengthAt, "length of " + length + " bytes");
    require(ChangeSetCodec.align(length) <= room, lengthAt, "length of " + length + " bytes");
    requireZeros(source, at + length, at + ChangeSetCodec.align(length));
    return source.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
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
