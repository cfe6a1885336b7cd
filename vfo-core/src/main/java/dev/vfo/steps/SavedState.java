package dev.vfo.steps;

import dev.vfo.Checkpoint;
import java.nio.ByteBuffer;

/**
 * What a loop keeps as the state of a checkpoint: the bytes of the program's state, the version of
 * the codec that wrote them, and whether the loop was done.
 */
record SavedState(boolean done, long version, byte[] bytes) {
  /** "VFOSTEPS", as all files of VFO begin with eight letters. */
  private static final long MAGIC = 0x5646_4f53_5445_5053L;

  private static final byte FORMAT = 1;
  private static final int HEAD_BYTES = Long.BYTES + 2 + Long.BYTES;

  byte[] toBytes() {
    return ByteBuffer.allocate(HEAD_BYTES + bytes.length)
        .putLong(MAGIC)
        .put(FORMAT)
        .put((byte) (done ? 1 : 0))
        .putLong(version)
        .put(bytes)
        .array();
  }

  static SavedState of(Checkpoint checkpoint) throws StateFormatException {
    ByteBuffer source = ByteBuffer.wrap(checkpoint.state().bytes());
    if (source.remaining() < HEAD_BYTES || source.getLong() != MAGIC) {
      throw refused(
          checkpoint, "was not made by a step loop: give the loop a directory of its own");
    }
    byte format = source.get();
    byte done = source.get();
    if (format != FORMAT || done < 0 || done > 1) {
      throw refused(checkpoint, "has a step loop's format " + format + ": use a newer VFO");
    }
    long version = source.getLong();
    byte[] bytes = new byte[source.remaining()];
    source.get(bytes);
    return new SavedState(done == 1, version, bytes);
  }

  private static StateFormatException refused(Checkpoint checkpoint, String why) {
    return new StateFormatException("the state of checkpoint " + checkpoint.number() + " " + why);
  }
}
