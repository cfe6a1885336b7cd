package dev.vfo.storage;

/** The kinds of file that a Unix tree has. */
public enum FileType {
  REGULAR(0100000),
  DIRECTORY(0040000),
  SYMLINK(0120000),
  FIFO(0010000),
  SOCKET(0140000),
  CHARACTER_DEVICE(0020000),
  BLOCK_DEVICE(0060000);

  /** The bits of st_mode that hold the type. */
  public static final int MASK = 0170000;

  private final int bits;

  FileType(int bits) {
    this.bits = bits;
  }

  /** The type as bits of st_mode. */
  public int bits() {
    return bits;
  }

  /** The type in an st_mode; throws IllegalArgumentException when Linux knows no such type. */
  public static FileType ofMode(int mode) {
    for (FileType type : values()) {
      if (type.bits == (mode & MASK)) {
        return type;
      }
    }
    throw new IllegalArgumentException("no file type in mode 0" + Integer.toOctalString(mode));
  }
}
