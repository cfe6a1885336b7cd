package dev.vfo.parts;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Names blocks. Not thread safe. */
final class BlockHasher {
  private final MessageDigest digest;

  BlockHasher() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  BlockHash hash(MemorySegment block) {
    digest.update(block.asByteBuffer());
    return BlockHash.decode(MemorySegment.ofArray(digest.digest()), 0);
  }
}
