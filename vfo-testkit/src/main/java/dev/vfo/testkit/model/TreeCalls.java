package dev.vfo.testkit.model;

import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.RenameMode;
import java.io.IOException;
import java.util.List;

/**
 * The file operations of a program, on one tree. Files are named by path, open ones by a handle: a
 * small number that the caller chooses. A call that is refused throws {@link
 * dev.vfo.storage.StorageException} with the errno that Linux gives a user who may do everything,
 * and has had no effect; any other exception says that the implementation failed. No path follows a
 * symbolic link: as the last component it is meant itself, before that it is no directory
 * (ENOTDIR). New files belong to the storage's effective user and group, but in a directory with
 * the set-group-id bit.
 */
public interface TreeCalls {
  /**
   * Opens or creates a file; ENXIO for a FIFO, a socket or a device node.
   *
   * @param handle a number that no open file has
   * @param mode permission bits of a file that is created
   */
  void open(int handle, TreePath path, OpenFlags flags, int mode) throws IOException;

  /**
   * Opens a new file that has no name, as made in a directory.
   *
   * @param handle a number that no open file has
   * @param mode its permission bits
   */
  void openUnnamed(int handle, TreePath directory, OpenFlags flags, int mode) throws IOException;

  /** Gives an open file one more name; ENOENT when it has lost its last one. */
  void link(int handle, TreePath to) throws IOException;

  /** Closes a handle. Works for a stale one too. */
  void close(int handle) throws IOException;

  /** The bytes at an offset: fewer than asked for only at the end of the file. */
  byte[] readAt(int handle, long offset, int lengthBytes) throws IOException;

  /**
   * Writes all bytes at an offset; at the end of the file, whatever the offset, when it was opened
   * to append.
   */
  void writeAt(int handle, long offset, byte[] data) throws IOException;

  /**
   * Writes all bytes at an offset, also of a file that was opened to append, as a cache does with
   * what was written some time ago: of the attributes, the size alone may change.
   */
  void writeBack(int handle, long offset, byte[] data) throws IOException;

  /** Reads from the handle's position, and moves it. */
  byte[] read(int handle, int lengthBytes) throws IOException;

  /**
   * Writes at the handle's position, or at the end when it was opened to append, and moves the
   * position behind it.
   */
  void write(int handle, byte[] data) throws IOException;

  /** Sets the handle's position. */
  void seek(int handle, long position) throws IOException;

  /** Sets the size. Counts as a modification even when the size stays. */
  void truncate(int handle, long sizeBytes) throws IOException;

  /**
   * Reserves space for a range; grows the file to its end unless {@code keepSize}. Counts as a
   * modification.
   */
  void allocate(int handle, long offset, long lengthBytes, boolean keepSize) throws IOException;

  /**
   * Makes a range zeros, with holes where the file system has them.
   *
   * @param keepSize whether the size stays when the range ends behind it
   */
  void punch(int handle, long offset, long lengthBytes, boolean keepSize) throws IOException;

  /** The attributes of an open file. */
  FileAttributes stat(int handle) throws IOException;

  /** The attributes of a file. */
  FileAttributes stat(TreePath path) throws IOException;

  /** The names in a directory, in ascending order of their bytes. */
  List<ListedName> list(TreePath path) throws IOException;

  /** The target of a symbolic link. */
  byte[] readSymlink(TreePath path) throws IOException;

  /** Removes a name that is no directory. */
  void unlink(TreePath path) throws IOException;

  /** Renames. */
  void rename(TreePath from, TreePath to, RenameMode mode) throws IOException;

  /** Makes a directory. */
  void makeDirectory(TreePath path, int mode) throws IOException;

  /** Removes an empty directory. */
  void removeDirectory(TreePath path) throws IOException;

  /** Makes a second name. */
  void link(TreePath from, TreePath to) throws IOException;

  /** Makes a symbolic link. */
  void makeSymlink(TreePath path, byte[] target) throws IOException;

  /**
   * Makes a FIFO, a socket or a device node.
   *
   * @param device of a device node, else 0
   */
  void makeSpecial(TreePath path, FileType type, int mode, long device) throws IOException;

  /** Sets the permission bits; EOPNOTSUPP for a symbolic link. */
  void changeMode(TreePath path, int mode) throws IOException;

  /** The value of an extended attribute; ENODATA when there is none. */
  byte[] getXattr(TreePath path, String attribute) throws IOException;

  /**
   * Sets an extended attribute, whether it is there or not; EPERM for one that begins with {@code
   * user.} of what is neither a regular file nor a directory.
   */
  void setXattr(TreePath path, String attribute, byte[] value) throws IOException;

  /** Removes an extended attribute; ENODATA when there is none. */
  void removeXattr(TreePath path, String attribute) throws IOException;

  /** The names of the extended attributes, ascending. */
  List<String> listXattrs(TreePath path) throws IOException;

  /** Sets owner and group; -1 leaves one as it is. */
  void changeOwner(TreePath path, int uid, int gid) throws IOException;

  /**
   * Sets the times.
   *
   * @param accessNanos nanoseconds since 1970, or {@link FileStat#OMIT_TIME}
   * @param modifyNanos likewise
   */
  void setTimes(TreePath path, long accessNanos, long modifyNanos) throws IOException;
}
