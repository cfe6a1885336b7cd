package dev.vfo.run.job;

import java.util.Collection;
import java.util.stream.Collectors;

/** Words as a shell reads them. */
final class ShellText {
  private ShellText() {}

  /** A word that a shell takes as it is. */
  static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** Several of them. */
  static String quoted(Collection<String> words) {
    return words.stream().map(ShellText::quoted).collect(Collectors.joining(" "));
  }
}
