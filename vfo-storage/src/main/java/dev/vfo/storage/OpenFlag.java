package dev.vfo.storage;

/**
 * Flags of {@link Storage#open}, to be or-ed. One of READ, WRITE, both of them, or PATH must be
 * there.
 */
public final class OpenFlag {
  /** For reading. */
  public static final int READ = 1;

  /** For writing. */
  public static final int WRITE = 2;

  /** Create the file when there is none. */
  public static final int CREATE = 4;

  /** With CREATE: fail with EEXIST when there is one. */
  public static final int EXCLUSIVE = 8;

  /** Cut the file to size 0. */
  public static final int TRUNCATE = 16;

  /** Fail with ENOTDIR unless it is a directory. */
  public static final int DIRECTORY = 32;

  /**
   * Past the page cache: offset, length and memory are multiples of 4096 then; EINVAL where there
   * is no such thing.
   */
  public static final int DIRECT = 64;

  /** Each write is durable when it returns (C7). */
  public static final int DATA_SYNC = 128;

  /**
   * Only as a place: no read or write, but as a base of names, for stat and reopen. Works for any
   * type of file.
   */
  public static final int PATH = 256;

  private OpenFlag() {}
}
