package dev.vfo.parts;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The bytes of a manifest: {@code docs/part-store.md}. They stand in a commit record, whose
 * checksum covers them. Decoding is strict.
 */
final class ManifestCodec {
  private static final int COUNTS_BYTES = 8;
  private static final int PACK_BYTES = 16;
  private static final int PART_BYTES = Short.BYTES + Long.BYTES + BlockHash.BYTES;

  private ManifestCodec() {}

  /** No bytes at all for a manifest without parts. */
  static byte[] encode(Manifest manifest) {
    if (manifest.parts().isEmpty()) {
      return new byte[0];
    }
    ByteBuffer target = ByteBuffer.allocate(encodedBytes(manifest)).order(ByteOrder.LITTLE_ENDIAN);
    target.putInt(manifest.packs().size()).putInt(manifest.parts().size());
    manifest.packs().forEach((number, length) -> target.putLong(number).putLong(length));
    manifest
        .parts()
        .forEach((text, root) -> {
          byte[] name = text.getBytes(StandardCharsets.UTF_8);
          target.putShort((short) name.length).put(name).putLong(root.sizeBytes());
          root.hash().encode(MemorySegment.ofBuffer(target), 0);
          target.position(target.position() + BlockHash.BYTES);
        });
    return target.array();
  }

  private static int encodedBytes(Manifest manifest) {
    int length = COUNTS_BYTES + PACK_BYTES * manifest.packs().size();
    for (String name : manifest.parts().keySet()) {
      length += PART_BYTES + name.getBytes(StandardCharsets.UTF_8).length;
    }
    return length;
  }

  /**
   * The manifest that these bytes, all of them, encode.
   *
   * @throws IllegalArgumentException when they encode none
   */
  static Manifest decode(byte[] bytes) {
    if (bytes.length == 0) {
      return Manifest.EMPTY;
    }
    ByteBuffer source = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    require(bytes.length >= COUNTS_BYTES, "too short");
    int packCount = source.getInt();
    int partCount = source.getInt();
    require(packCount >= 0 && partCount > 0, "counts");
    SortedMap<Long, Long> packs = decodePacks(source, packCount);
    SortedMap<String, PartRoot> parts = decodeParts(source, partCount);
    require(!source.hasRemaining(), "bytes behind the end");
    return new Manifest(parts, packs);
  }

  private static SortedMap<Long, Long> decodePacks(ByteBuffer source, int count) {
    SortedMap<Long, Long> packs = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      require(source.remaining() >= PACK_BYTES, "too short");
      long number = source.getLong();
      long length = source.getLong();
      require(number > (packs.isEmpty() ? 0 : packs.lastKey()), "order of packs");
      require(length > 0 && length % PartTree.BLOCK_BYTES == 0, "length of a pack");
      packs.put(number, length);
    }
    return packs;
  }

  private static SortedMap<String, PartRoot> decodeParts(ByteBuffer source, int count) {
    SortedMap<String, PartRoot> parts = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      require(source.remaining() >= PART_BYTES, "too short");
      int length = source.getShort();
      require(length > 0 && length <= 255, "length of a name");
      require(source.remaining() >= PART_BYTES - Short.BYTES + length, "too short");
      String name = decodeName(source.slice(source.position(), length));
      source.position(source.position() + length);
      long sizeBytes = source.getLong();
      require(sizeBytes >= 0, "size of a part");
      MemorySegment rest = MemorySegment.ofBuffer(source);
      PartRoot root = new PartRoot(sizeBytes, BlockHash.decode(rest, 0));
      require((sizeBytes == 0) == root.hash().equals(BlockHash.NONE), "hash of a part");
      source.position(source.position() + BlockHash.BYTES);
      require(parts.isEmpty() || name.compareTo(parts.lastKey()) > 0, "order of parts");
      parts.put(name, root);
    }
    return parts;
  }

  private static String decodeName(ByteBuffer bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("not a manifest: the name of a part", e);
    }
  }

  private static void require(boolean good, String what) {
    if (!good) {
      throw new IllegalArgumentException("not a manifest: " + what);
    }
  }
}
