package dev.vfo.journal;

import dev.vfo.storage.Name;
import java.util.Locale;

/** The names of the files in the journal's folder. */
final class SegmentName {
  static final long MAX_NUMBER = 9_999_999_999L;

  private static final int DIGITS = 10;
  private static final String SUFFIX = ".seg";
  private static final String MAKING = "new-";
  private static final String SPARE = "spare-";

  private SegmentName() {}

  /** A segment in use. */
  static Name of(long number) {
    return Name.of(digits(number) + SUFFIX);
  }

  /** A segment that is being made. */
  static Name making(long number) {
    return Name.of(MAKING + digits(number));
  }

  /** A retired segment; they have numbers of their own. */
  static Name spare(long number) {
    return Name.of(SPARE + digits(number));
  }

  /** The file as messages name it. */
  static String path(long number) {
    return "journal/" + of(number);
  }

  /** The number in the name of a segment in use, or -1 for any other name. */
  static long numberOf(Name name) {
    return parse(name.toString(), "", SUFFIX);
  }

  /** The number in the name of a retired segment, or -1 for any other name. */
  static long numberOfSpare(Name name) {
    return parse(name.toString(), SPARE, "");
  }

  static boolean isMaking(Name name) {
    return parse(name.toString(), MAKING, "") >= 0;
  }

  private static long parse(String name, String prefix, String suffix) {
    if (name.length() != prefix.length() + DIGITS + suffix.length()
        || !name.startsWith(prefix)
        || !name.endsWith(suffix)) {
      return -1;
    }
    long number = 0;
    for (int i = prefix.length(); i < prefix.length() + DIGITS; i++) {
      char digit = name.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      number = number * 10 + (digit - '0');
    }
    return number;
  }

  private static String digits(long number) {
    if (number < 0 || number > MAX_NUMBER) {
      throw new IllegalArgumentException("segment number " + number);
    }
    return String.format(Locale.ROOT, "%010d", number);
  }
}
