package dev.vfo.testkit.history;

/**
 * How large generated histories get.
 *
 * @param setupMoves about how many files and directories the first tree has
 * @param moves about how many moves there are
 * @param openFiles how many files are open at once, at most
 * @param blockBytes where the edges are that offsets are drawn to
 * @param maxFileBytes no file gets larger
 * @param oddNames whether names may be anything but '/' and 0, and 255 bytes long
 * @param setGroupDirectories whether directories may have the set-group-id bit, which gives its
 *     group to what is made in it
 */
public record Limits(
    int setupMoves,
    int moves,
    int openFiles,
    int blockBytes,
    int maxFileBytes,
    boolean oddNames,
    boolean setGroupDirectories) {

  /** Trees of a dozen small files. */
  public static final Limits SMALL = new Limits(10, 45, 4, 4096, 10 * 4096, true, false);

  /** Other numbers of moves. */
  public Limits withMoves(int newSetupMoves, int newMoves) {
    return new Limits(
        newSetupMoves,
        newMoves,
        openFiles,
        blockBytes,
        maxFileBytes,
        oddNames,
        setGroupDirectories);
  }

  /** Another number of open files. */
  public Limits withOpenFiles(int newOpenFiles) {
    return new Limits(
        setupMoves, moves, newOpenFiles, blockBytes, maxFileBytes, oddNames, setGroupDirectories);
  }

  /** Other sizes of blocks and of the largest file. */
  public Limits withSizes(int newBlockBytes, int newMaxFileBytes) {
    return new Limits(
        setupMoves,
        moves,
        openFiles,
        newBlockBytes,
        newMaxFileBytes,
        oddNames,
        setGroupDirectories);
  }

  /** With or without what only some systems can do. */
  public Limits withExtras(boolean newOddNames, boolean newSetGroupDirectories) {
    return new Limits(
        setupMoves,
        moves,
        openFiles,
        blockBytes,
        maxFileBytes,
        newOddNames,
        newSetGroupDirectories);
  }
}
