package dev.vfo.testkit.history;

/**
 * Bytes made from two numbers, so that a history has a short text. The text form is {@code
 * LENGTH*FILL}.
 *
 * @param lengthBytes how many, at least 0
 * @param fill which ones: 0 for zeros, else a sequence of bytes that differs from those of other
 *     fills
 */
public record Payload(int lengthBytes, int fill) {
  /** No bytes. */
  public static final Payload EMPTY = new Payload(0, 0);

  /** Refuses a negative length. */
  public Payload {
    if (lengthBytes < 0) {
      throw new IllegalArgumentException("negative length " + lengthBytes);
    }
  }

  /** Reads the text form; IllegalArgumentException when it is none. */
  public static Payload of(String text) {
    String[] parts = text.split("\\*", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException("not a payload: " + text);
    }
    return new Payload(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  /** The bytes, in a new array. */
  public byte[] bytes() {
    byte[] bytes = new byte[lengthBytes];
    if (fill != 0) {
      long state = fill * 0x9E3779B97F4A7C15L;
      for (int i = 0; i < lengthBytes; i++) {
        state ^= state << 13;
        state ^= state >>> 7;
        state ^= state << 17;
        bytes[i] = (byte) (state >>> 24);
      }
    }
    return bytes;
  }

  @Override
  public String toString() {
    return lengthBytes + "*" + fill;
  }
}
