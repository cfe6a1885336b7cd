package dev.vfo.testkit.model;

import dev.vfo.storage.OpenFlag;
import java.util.ArrayList;
import java.util.List;

/**
 * Flags of an open call. Its text form joins their names with '+', such as {@code
 * READ+WRITE+CREATE}.
 *
 * @param bits union of {@link #READ} and the constants after it
 */
public record OpenFlags(int bits) {
  /** For reading. */
  public static final int READ = OpenFlag.READ;

  /** For writing. */
  public static final int WRITE = OpenFlag.WRITE;

  /** Create the file when there is none. */
  public static final int CREATE = OpenFlag.CREATE;

  /** With CREATE: fail when there is one. */
  public static final int EXCLUSIVE = OpenFlag.EXCLUSIVE;

  /** Cut the file to size 0. */
  public static final int TRUNCATE = OpenFlag.TRUNCATE;

  /** Fail unless it is a directory. */
  public static final int DIRECTORY = OpenFlag.DIRECTORY;

  /**
   * Every write goes to the end of the file. {@link OpenFlag} has no such thing: a storage has no
   * offsets of its own.
   */
  public static final int APPEND = 1 << 20;

  private static final List<Integer> KNOWN =
      List.of(READ, WRITE, CREATE, EXCLUSIVE, TRUNCATE, DIRECTORY, APPEND);
  private static final List<String> NAMES =
      List.of("READ", "WRITE", "CREATE", "EXCLUSIVE", "TRUNCATE", "DIRECTORY", "APPEND");

  /** For reading and writing a file that is there. */
  public static final OpenFlags READ_WRITE = new OpenFlags(READ | WRITE);

  /** Reads the text form; IllegalArgumentException when it is none. */
  public static OpenFlags of(String text) {
    int bits = 0;
    for (String name : text.split("\\+", -1)) {
      int index = NAMES.indexOf(name);
      if (index < 0) {
        throw new IllegalArgumentException("not an open flag: " + name);
      }
      bits |= KNOWN.get(index);
    }
    return new OpenFlags(bits);
  }

  /** Whether all bits of {@code flag} are set. */
  public boolean has(int flag) {
    return (bits & flag) == flag;
  }

  /** Those that {@link dev.vfo.storage.Storage#open} knows. */
  public int storageBits() {
    return bits & ~APPEND;
  }

  @Override
  public String toString() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < KNOWN.size(); i++) {
      if (has(KNOWN.get(i))) {
        names.add(NAMES.get(i));
      }
    }
    return String.join("+", names);
  }
}
