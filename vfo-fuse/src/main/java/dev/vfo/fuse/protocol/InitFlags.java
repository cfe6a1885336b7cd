package dev.vfo.fuse.protocol;

/** What kernel and server agree on at the beginning, as bits. */
public final class InitFlags {
  /** Several reads of one file at a time. */
  public static final long ASYNC_READ = 1;

  /** OPEN cuts the file, not a SETATTR before it. */
  public static final long ATOMIC_O_TRUNC = 1L << 3;

  /** LOOKUP of "." and ".." works, so files can be opened by handle. */
  public static final long EXPORT_SUPPORT = 1L << 4;

  /** Writes of more than a page. */
  public static final long BIG_WRITES = 1L << 5;

  /** The server applies the umask, since only it knows of default access lists. */
  public static final long DONT_MASK = 1L << 6;

  /** READDIRPLUS is served. */
  public static final long DO_READDIRPLUS = 1L << 13;

  /** The kernel chooses between READDIR and READDIRPLUS. */
  public static final long READDIRPLUS_AUTO = 1L << 14;

  /** Direct reads and writes of several pages at a time. */
  public static final long ASYNC_DIO = 1L << 15;

  /** Written pages stay in the kernel for a while; sizes and times of modification are its own. */
  public static final long WRITEBACK_CACHE = 1L << 16;

  /** Several lookups in one directory at a time. */
  public static final long PARALLEL_DIROPS = 1L << 18;

  /** The kernel enforces access control lists, and asks for them as extended attributes. */
  public static final long POSIX_ACL = 1L << 20;

  /** The answer says how long a request may be. */
  public static final long MAX_PAGES = 1L << 22;

  /** Targets of symbolic links are kept. */
  public static final long CACHE_SYMLINKS = 1L << 23;

  /** Only notifications drop a file's pages, not changes of its attributes. */
  public static final long EXPLICIT_INVAL_DATA = 1L << 25;

  /** The server clears set-id bits and capabilities, and is told when. */
  public static final long HANDLE_KILLPRIV_V2 = 1L << 28;

  /** SETXATTR says when the set-group-id bit is to go. */
  public static final long SETXATTR_EXT = 1L << 29;

  /** There is a second word of flags. */
  public static final long INIT_EXT = 1L << 30;

  private InitFlags() {}
}
