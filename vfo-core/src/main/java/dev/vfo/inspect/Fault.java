package dev.vfo.inspect;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;

/**
 * Something in a control folder that is not as VFO leaves it.
 *
 * @param file relative to the control folder
 * @param offset where in the file, bytes
 * @param reason what is wrong there, without a full stop
 */
public record Fault(String file, long offset, String reason) {

  static Fault of(CorruptJournalException e) {
    return new Fault(e.file(), e.offset(), e.reason());
  }

  static Fault of(NewerFormatException e) {
    return new Fault(
        e.file(), 8, "has format version " + e.version() + ", which needs a newer VFO");
  }

  /** In one line. */
  @Override
  public String toString() {
    return ".vfo/" + file + ", offset " + offset + ": " + reason;
  }
}
