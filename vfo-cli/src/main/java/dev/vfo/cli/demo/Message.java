package dev.vfo.cli.demo;

import java.io.IOException;

/** What a worker that builds an index reports, a line of text each. */
sealed interface Message {

  /** It is up, and opens its files next: with VFO that is where it recovers. */
  record Opens() implements Message {}

  /**
   * Its files are open.
   *
   * @param checkpoint the one that it goes on from, 0 if it starts
   * @param nanos how long opening took
   */
  record Opened(long checkpoint, long nanos) implements Message {}

  /** A step is done but for its checkpoint, which begins. */
  record Begins(long checkpoint) implements Message {}

  /**
   * A checkpoint is saved.
   *
   * @param nanos how long it took
   * @param document index of the document that the next step starts with
   * @param changedBytes what the process' steps have written so far, as counted by the job
   * @param diskBytes what the process has written to the disk so far, as counted by the kernel
   * @param missing how often a file was not there that should have been, so far
   */
  record Ended(
      long checkpoint, long nanos, int document, long changedBytes, long diskBytes, int missing)
      implements Message {}

  /**
   * All is done, and the files are closed.
   *
   * @param diskBytes as in {@link Ended}
   */
  record Done(long diskBytes) implements Message {}

  /** As a line. */
  default String line() {
    return switch (this) {
      case Opens m -> "opens";
      case Opened m -> "opened " + m.checkpoint + " " + m.nanos;
      case Begins m -> "begins " + m.checkpoint;
      case Ended m ->
          "ended %d %d %d %d %d %d"
              .formatted(m.checkpoint, m.nanos, m.document, m.changedBytes, m.diskBytes, m.missing);
      case Done m -> "done " + m.diskBytes;
    };
  }

  /** The message of a line. */
  static Message parse(String line) throws IOException {
    String[] words = line.split(" ", -1);
    try {
      return switch (words[0]) {
        case "opens" -> new Opens();
        case "opened" -> new Opened(number(words, 1), number(words, 2));
        case "begins" -> new Begins(number(words, 1));
        case "ended" ->
            new Ended(
                number(words, 1),
                number(words, 2),
                (int) number(words, 3),
                number(words, 4),
                number(words, 5),
                (int) number(words, 6));
        case "done" -> new Done(number(words, 1));
        default -> throw new IOException("a worker reports: " + line);
      };
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new IOException("a worker reports: " + line, e);
    }
  }

  private static long number(String[] words, int index) {
    return Long.parseLong(words[index]);
  }
}
