package dev.vfo.testkit.history;

/**
 * The kinds of thing that a generated history does; each becomes one operation or several that
 * belong together.
 */
public enum Move {
  /** Opens a file that is there. */
  OPEN,
  /** Opens a new file, and often writes to it. */
  CREATE,
  /** Opens a file without a name, and often gives it one. */
  UNNAMED,
  /** Closes a file. */
  CLOSE,
  /** Writes at an offset that is likely to be at a block's edge. */
  WRITE_AT,
  /** Writes where the handle is, or appends. */
  WRITE_NEXT,
  /** Reads at an offset. */
  READ_AT,
  /** Reads where the handle is. */
  READ_NEXT,
  /** Sets the position. */
  SEEK,
  /** Sets the size, to less or to more. */
  TRUNCATE,
  /** Cuts a file and lets it grow again, so that a hole must hide what was there. */
  CUT_AND_GROW,
  /** Reserves space. */
  ALLOCATE,
  /** Makes a range zeros. */
  PUNCH,
  /** Asks for attributes. */
  STAT,
  /** Asks for the names in a directory. */
  LIST,
  /** Removes a file. */
  UNLINK,
  /** Removes a file and makes something of the same name, perhaps of another kind. */
  REPLACE,
  /** Removes a file that stays open, and goes on with it. */
  ORPHAN,
  /** Makes a file and removes it. */
  PASSING,
  /** Writes a new file and renames it over an old one, as an editor does. */
  SAVE,
  /** Renames to a free name. */
  RENAME,
  /** Renames over a file or an empty directory. */
  RENAME_OVER,
  /** Moves a directory. */
  MOVE_DIRECTORY,
  /** Exchanges two names, by way of a third. */
  SWAP,
  /** Exchanges three names in a circle. */
  CIRCLE,
  /** Turns a directory and its child round, so that the child becomes the parent. */
  TURN_ROUND,
  /** Exchanges two names in one operation. */
  EXCHANGE,
  /** Makes a directory. */
  MAKE_DIRECTORY,
  /** Makes directories in each other. */
  MAKE_DEEP,
  /** Removes an empty directory. */
  REMOVE_DIRECTORY,
  /** Removes a directory with all that is in it. */
  REMOVE_TREE,
  /** Makes a second name of a file. */
  LINK,
  /** Makes a symbolic link. */
  SYMLINK,
  /** Makes a FIFO, a socket or a device node. */
  SPECIAL,
  /** Sets permission bits. */
  CHANGE_MODE,
  /** Sets owner and group. */
  CHANGE_OWNER,
  /** Sets, removes or asks for extended attributes. */
  XATTRS,
  /** Sets times. */
  SET_TIMES,
  /** Does something that is likely to be refused. */
  WILD,
  /** Makes a checkpoint. */
  CHECKPOINT,
  /** Seals. */
  SEAL,
  /** Commits a sealed step. */
  COMMIT,
  /** Goes back. */
  ROLLBACK,
  /** Has everything applied. */
  AWAIT_APPLIED,
  /** Does a few steps of background work. */
  BACKGROUND,
  /** Closes and opens again. */
  REOPEN
}
