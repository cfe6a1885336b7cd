package dev.vfo.journal;

import dev.vfo.VfoException;

/**
 * Says that a record reads differently than when it was verified a moment ago. That is no proof of
 * damage: after a failed sync the kernel may drop what it could not write, and then show what the
 * disk has (C8). The next scan judges what is there then.
 */
public final class RecordGoneException extends VfoException {
  private static final long serialVersionUID = 1L;

  RecordGoneException(String file, RecordPosition position) {
    super(
        ".vfo/"
            + file
            + ", offset "
            + position.offset()
            + ": the record of checkpoint "
            + position.checkpointNumber()
            + " reads differently than a moment ago, as after a failed write; open the root again,"
            + " which looks at what is there then.");
  }
}
