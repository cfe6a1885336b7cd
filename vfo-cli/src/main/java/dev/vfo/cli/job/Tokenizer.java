package dev.vfo.cli.job;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds the words of a text: runs of 2 to 32 letters, ASCII ones made small; bytes of other
 * alphabets count as letters.
 */
final class Tokenizer {
  private static final int MIN_BYTES = 2;
  private static final int MAX_BYTES = 32;

  private final byte[] word = new byte[MAX_BYTES];

  /** How often each word stands in the text. */
  Map<String, Integer> count(byte[] text) {
    Map<String, Integer> counts = new HashMap<>();
    int length = 0;
    for (byte b : text) {
      int letter = letter(b);
      if (letter != 0) {
        if (length < MAX_BYTES) {
          word[length] = (byte) letter;
        }
        length++;
      } else {
        add(length, counts);
        length = 0;
      }
    }
    add(length, counts);
    return counts;
  }

  private void add(int length, Map<String, Integer> counts) {
    if (length >= MIN_BYTES && length <= MAX_BYTES) {
      counts.merge(new String(word, 0, length, StandardCharsets.UTF_8), 1, Integer::sum);
    }
  }

  private static int letter(byte b) {
    if ((b >= 'a' && b <= 'z') || b < 0) {
      return b;
    }
    return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : 0;
  }
}
