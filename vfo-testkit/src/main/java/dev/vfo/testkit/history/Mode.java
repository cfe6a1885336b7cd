package dev.vfo.testkit.history;

/**
 * Permission bits. The text form is octal with a leading 0.
 *
 * @param bits 0 to 07777
 */
public record Mode(int bits) {
  /** Reads the text form; NumberFormatException when it is none. */
  public static Mode of(String text) {
    return new Mode(Integer.parseInt(text, 8));
  }

  @Override
  public String toString() {
    return "0" + Integer.toOctalString(bits);
  }
}
