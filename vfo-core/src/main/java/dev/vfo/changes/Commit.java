package dev.vfo.changes;

import java.time.Instant;
import java.util.List;

/**
 * What one journal record says: a checkpoint, made or prepared, or which prepared ones count.
 *
 * @param timeNanos when it was made, nanoseconds since 1970
 * @param nextVirtual the virtual number to be given next, without its highest bit
 * @param state the program's state
 * @param layers the layers that the checkpoint has, oldest first; perhaps none
 * @param descriptors what the program has open
 * @param verdict whether it is made; one that decides others has no state, layers and descriptors
 */
public record Commit(
    long timeNanos,
    long nextVirtual,
    StateBytes state,
    List<ChangeSet> layers,
    DescriptorTable descriptors,
    Verdict verdict) {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** Copies the list. */
  public Commit {
    layers = List.copyOf(layers);
  }

  /** One of a program without descriptors, which is made. */
  public Commit(long timeNanos, long nextVirtual, StateBytes state, List<ChangeSet> layers) {
    this(timeNanos, nextVirtual, state, layers, DescriptorTable.EMPTY, Verdict.DECIDED);
  }

  /** The decision on earlier ones. */
  public static Commit decision(long timeNanos, long nextVirtual, Verdict verdict) {
    return new Commit(
        timeNanos, nextVirtual, StateBytes.EMPTY, List.of(), DescriptorTable.EMPTY, verdict);
  }

  /** When it was made. */
  public Instant time() {
    return Instant.ofEpochSecond(
        Math.floorDiv(timeNanos, NANOS_PER_SECOND), Math.floorMod(timeNanos, NANOS_PER_SECOND));
  }

  /** The same, made at another time, nanoseconds since 1970. */
  public Commit at(long otherNanos) {
    return new Commit(otherNanos, nextVirtual, state, layers, descriptors, verdict);
  }

  /** The same without the layers. */
  public Commit withoutLayers() {
    return new Commit(timeNanos, nextVirtual, state, List.of(), descriptors, verdict);
  }
}
