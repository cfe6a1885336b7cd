package dev.vfo;

/**
 * What opening a root does when another program has changed what a committed checkpoint is still to
 * change, and its apply has not begun.
 */
public enum ConflictPolicy {
  /** It fails with a {@link ForeignChangeException}, and changes nothing. */
  REFUSE,
  /**
   * The checkpoint wins: what the other program left is kept under {@code .vfo/conflicts/N}, N the
   * checkpoint's number, with its path in the root; then the checkpoint is applied. In a file that
   * the checkpoint changes in part, the rest is what the other program left. What it took away
   * cannot be made again: then opening fails as with {@link #REFUSE}.
   */
  OURS,
  /**
   * The other program wins: what it changed, made or removed is left as it is, and what the
   * checkpoint did to it is given up, for good; also what makes no sense without that, such as a
   * file that was to get a name which is not free now. All else of the checkpoint is applied.
   * {@link VirtualFileManager#givenUp} tells what was given up.
   */
  THEIRS
}
