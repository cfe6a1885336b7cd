package dev.vfo.testkit;

/** Where a file's content gets its blocks from. */
interface BlockSource {
  /** Takes one block; false when there is none left. */
  boolean take();

  /**
   * Gives blocks back.
   *
   * @param freed how many
   * @param lingering how many of them a crash could still bring back, because it is not durable
   *     that they are free
   */
  void give(long freed, long lingering);
}
