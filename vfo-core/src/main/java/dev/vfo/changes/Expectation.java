package dev.vfo.changes;

import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;

/**
 * What a home file was like when VFO last looked at it, or last wrote it: the ground that a step
 * builds on. A home file that is not like that any more was changed by another program. Which file
 * it is, its identity says.
 *
 * <p>The time of the last change of attributes (ctime) is left out: alone it tells nothing, as a
 * backup's hard link moves it, and whatever else was done shows in one of these.
 *
 * @param sizeBytes its length; of a directory it does not count
 * @param modifyNanos when its content was changed last, nanoseconds since 1970; of a directory it
 *     does not count, as others may add names
 * @param mode permission bits
 * @param uid owning user
 * @param gid owning group
 */
public record Expectation(long sizeBytes, long modifyNanos, int mode, int uid, int gid) {
  private static final long NANOS = 1_000_000_000;

  /** What a file is like now. */
  public static Expectation of(FileStat stat) {
    return new Expectation(
        stat.sizeBytes(), stat.modifyNanos(), stat.mode(), stat.uid(), stat.gid());
  }

  /** Whether a file is like that, its content and its rights. */
  public boolean isMetBy(FileStat stat) {
    return mode == stat.mode() && isMetButForMode(stat);
  }

  /**
   * The same for a file that an apply may have begun to work on.
   *
   * @param given rights of its owner that apply may have given itself
   */
  public boolean isMetWithRightsBy(FileStat stat, int given) {
    return (mode | given) == (stat.mode() | given) && isMetButForMode(stat);
  }

  private boolean isMetButForMode(FileStat stat) {
    return uid == stat.uid() && gid == stat.gid() && (isDirectory(stat) || hasContentOf(stat));
  }

  private static boolean isDirectory(FileStat stat) {
    return stat.type() == FileType.DIRECTORY;
  }

  // Some file systems keep whole seconds, or every other one, of what apply sets.
  private boolean isSameTime(long nanos) {
    boolean isCut = nanos % NANOS == 0 && nanos <= modifyNanos && modifyNanos - nanos < 2 * NANOS;
    return nanos == modifyNanos || isCut;
  }

  private boolean hasContentOf(FileStat stat) {
    return sizeBytes == stat.sizeBytes() && isSameTime(stat.modifyNanos());
  }
}
