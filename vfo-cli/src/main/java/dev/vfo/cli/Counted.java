package dev.vfo.cli;

/** Writes how many there are of something, for people. */
final class Counted {
  private Counted() {}

  /** Such as "1 segment" and "2 segments", of a word that takes an s. */
  static String of(long count, String word) {
    return count + " " + word + (count == 1 ? "" : "s");
  }
}
