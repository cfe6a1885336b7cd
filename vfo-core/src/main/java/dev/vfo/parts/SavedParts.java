package dev.vfo.parts;

import java.util.Set;

/**
 * The parts of a state, durable in the store; the record of their checkpoint may be still to come.
 */
public final class SavedParts {
  static final SavedParts NONE = new SavedParts(Manifest.EMPTY, Set.of());

  private final Manifest manifest;
  private final Set<BlockHash> blocks;

  SavedParts(Manifest manifest, Set<BlockHash> blocks) {
    this.manifest = manifest;
    this.blocks = Set.copyOf(blocks);
  }

  /** What the record of the checkpoint is to say; empty when there are no parts. */
  public byte[] manifestBytes() {
    return ManifestCodec.encode(manifest);
  }

  Manifest manifest() {
    return manifest;
  }

  Set<BlockHash> blocks() {
    return blocks;
  }
}
