package dev.vfo.changes;

import java.util.List;

/**
 * What one journal record decides: a checkpoint.
 *
 * @param timeNanos when it was made, nanoseconds since 1970
 * @param nextVirtual the virtual number to be given next, without its highest bit
 * @param state the program's state
 * @param layers the layers that the checkpoint has, oldest first; perhaps none
 * @param descriptors what the program has open
 */
public record Commit(
    long timeNanos,
    long nextVirtual,
    StateBytes state,
    List<ChangeSet> layers,
    DescriptorTable descriptors) {
  /** Copies the list. */
  public Commit {
    layers = List.copyOf(layers);
  }

  /** One of a program without descriptors. */
  public Commit(long timeNanos, long nextVirtual, StateBytes state, List<ChangeSet> layers) {
    this(timeNanos, nextVirtual, state, layers, DescriptorTable.EMPTY);
  }
}
