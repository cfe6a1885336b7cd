package dev.vfo.parts;

import dev.vfo.Part;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** A part of a checkpoint, as the store has it. Thread safe. */
final class StoredPart implements Part {
  private final PartRoot root;
  private final TreeReader tree;

  StoredPart(PartRoot root, BlockSource source) {
    this.root = root;
    this.tree = new TreeReader(root, source);
  }

  PartRoot root() {
    return root;
  }

  @Override
  public long sizeBytes() {
    return root.sizeBytes();
  }

  @Override
  public void read(long offset, MemorySegment target) throws IOException {
    Objects.checkFromIndexSize(offset, target.byteSize(), root.sizeBytes());
    tree.read(offset, target);
  }

  /** Equal is what has the same content. */
  @Override
  public boolean equals(Object other) {
    return other instanceof StoredPart part && root.equals(part.root);
  }

  @Override
  public int hashCode() {
    return root.hashCode();
  }
}
