package dev.vfo.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * One component of a path: 1 to 255 bytes, none of them '/' or 0. Any other byte is allowed;
 * equality is that of the bytes. Immutable.
 */
public final class Name implements Comparable<Name> {
  /** The longest name that Linux has, in bytes. */
  public static final int MAX_BYTES = 255;

  private final byte[] bytes;
  private final int hash;

  private Name(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /**
   * A name of these bytes, which are copied.
   *
   * @throws StorageException ENAMETOOLONG when it is longer than 255 bytes, EINVAL when it is
   *     empty, "." or "..", or has a '/' or a 0
   */
  public static Name of(byte[] bytes) throws StorageException {
    if (bytes.length > MAX_BYTES) {
      throw new StorageException(Errno.ENAMETOOLONG, "name", display(bytes));
    }
    if (!isValid(bytes)) {
      throw new StorageException(Errno.EINVAL, "name", '"' + display(bytes) + '"');
    }
    return new Name(bytes.clone());
  }

  /**
   * A name given as text, in UTF-8; IllegalArgumentException when it is none. For names that the
   * program itself made.
   */
  public static Name of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_BYTES || !isValid(bytes)) {
      throw new IllegalArgumentException("not a file name: " + text);
    }
    return new Name(bytes);
  }

  private static boolean isValid(byte[] bytes) {
    if (bytes.length == 0
        || (bytes[0] == '.' && (bytes.length == 1 || (bytes.length == 2 && bytes[1] == '.')))) {
      return false;
    }
    for (byte b : bytes) {
      if (b == 0 || b == '/') {
        return false;
      }
    }
    return true;
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Number of bytes. */
  public int length() {
    return bytes.length;
  }

  /** The byte at an index from 0 to length - 1. */
  public byte byteAt(int index) {
    return bytes[index];
  }

  @Override
  public int compareTo(Name other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Name name && hash == name.hash && Arrays.equals(bytes, name.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /**
   * The name as text when it is UTF-8 without control characters, else with \xNN for the bytes that
   * are not plain.
   */
  @Override
  public String toString() {
    return display(bytes);
  }

  private static String display(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') < 0 && text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    StringBuilder escaped = new StringBuilder();
    for (byte b : bytes) {
      if (b >= ' ' && b < 127 && b != '\\') {
        escaped.append((char) b);
      } else {
        escaped.append("\\x").append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return escaped.toString();
  }
}
