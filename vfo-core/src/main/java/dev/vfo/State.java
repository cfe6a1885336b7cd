package dev.vfo;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a program wants to find again with a checkpoint: bytes that mean something to it alone, and
 * named parts for what is large. Immutable.
 */
public final class State {
  /** The longest name of a part, bytes of its UTF-8 form. */
  public static final int MAX_NAME_BYTES = 255;

  /** The most parts that a state can have. */
  public static final int MAX_PARTS = 4096;

  private static final State EMPTY = new State(new byte[0], new TreeMap<>());

  private final byte[] bytes;
  private final SortedMap<String, Part> parts;

  private State(byte[] bytes, SortedMap<String, Part> parts) {
    this.bytes = bytes;
    this.parts = Collections.unmodifiableSortedMap(parts);
  }

  /** A state of these bytes, which are copied. */
  public static State of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new State(bytes.clone(), new TreeMap<>());
  }

  /** No bytes and no parts. */
  public static State empty() {
    return EMPTY;
  }

  /**
   * A state of parts, without bytes of its own.
   *
   * @throws IllegalArgumentException for a name that is empty or longer than {@link
   *     #MAX_NAME_BYTES}, or more than {@link #MAX_PARTS} parts
   */
  public static State parts(Map<String, Part> parts) {
    if (parts.size() > MAX_PARTS) {
      throw new IllegalArgumentException(parts.size() + " parts: at most " + MAX_PARTS);
    }
    SortedMap<String, Part> all = new TreeMap<>(parts);
    all.keySet().forEach(State::requireName);
    return all.isEmpty() ? EMPTY : new State(new byte[0], all);
  }

  /** The same bytes with these parts; throws as {@link #parts(Map)} does. */
  public State withParts(Map<String, Part> changed) {
    return new State(bytes, parts(changed).parts);
  }

  private static void requireName(String name) {
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "a part's name has 1 to " + MAX_NAME_BYTES + " bytes, not " + length);
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw new IllegalArgumentException("the name of a part is no text");
    }
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * The parts by their names. Those of a checkpoint can be read as long as it is the last one of
   * its manager, and the manager is open.
   */
  public SortedMap<String, Part> parts() {
    return parts;
  }

  /** Number of bytes, with those of the parts. */
  public long sizeBytes() {
    return bytes.length + parts.values().stream().mapToLong(Part::sizeBytes).sum();
  }

  /** Equal are states of equal bytes, and of the same parts under the same names. */
  @Override
  public boolean equals(Object other) {
    return other instanceof State state
        && Arrays.equals(bytes, state.bytes)
        && parts.equals(state.parts);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(bytes) + parts.hashCode();
  }

  @Override
  public String toString() {
    return "state of " + sizeBytes() + " bytes";
  }
}
