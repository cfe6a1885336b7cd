package dev.vfo.storage;

/** What {@link Storage#requireAccess} asks for, to be or-ed; as in the bits of a mode. */
public final class AccessRight {
  /** To find names in a directory, or to run a file. */
  public static final int SEARCH = 1;

  /** To write a file, or to change names in a directory. */
  public static final int WRITE = 2;

  /** To read a file, or to list a directory. */
  public static final int READ = 4;

  private AccessRight() {}
}
