package dev.vfo.cli.job;

import java.nio.charset.StandardCharsets;

/**
 * Where the job is: all that it must know to go on.
 *
 * @param step number of the step that was done last, 0 before the first
 * @param lastReading number of the last step that read documents
 * @param nextDocument index of the first document that was not read yet
 * @param words how many words were read in all
 */
public record JobState(int step, int lastReading, int nextDocument, long words) {
  /** Before the first step. */
  public static final JobState START = new JobState(0, 0, 0, 0);

  /** The same after a step that read nothing. */
  JobState withStep(int newStep) {
    return new JobState(newStep, lastReading, nextDocument, words);
  }

  /** As the bytes that a checkpoint saves: one line of text. */
  public byte[] encode() {
    String line = step + " " + lastReading + " " + nextDocument + " " + words;
    return line.getBytes(StandardCharsets.US_ASCII);
  }

  /** The state that was encoded. */
  public static JobState decode(byte[] bytes) {
    String[] parts = new String(bytes, StandardCharsets.US_ASCII).split(" ", 4);
    return new JobState(
        Integer.parseInt(parts[0]),
        Integer.parseInt(parts[1]),
        Integer.parseInt(parts[2]),
        Long.parseLong(parts[3]));
  }
}
