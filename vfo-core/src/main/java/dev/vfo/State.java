package dev.vfo;

import java.util.Arrays;

/**
 * What a program wants to find again with a checkpoint: bytes that mean something to it alone.
 * Immutable.
 */
public final class State {
  private static final State EMPTY = new State(new byte[0]);

  private final byte[] bytes;

  private State(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A state of these bytes, which are copied. */
  public static State of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new State(bytes.clone());
  }

  /** No bytes at all. */
  public static State empty() {
    return EMPTY;
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Number of bytes. */
  public long sizeBytes() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof State state && Arrays.equals(bytes, state.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "state of " + bytes.length + " bytes";
  }
}
