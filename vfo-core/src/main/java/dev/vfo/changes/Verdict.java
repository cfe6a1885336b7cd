package dev.vfo.changes;

import java.nio.charset.StandardCharsets;

/** What a record decides: its own checkpoint, or earlier ones that were prepared. */
public sealed interface Verdict {
  /** Its own checkpoint is made with it. */
  Verdict DECIDED = new Decided();

  /** Its own checkpoint is made with it. */
  record Decided() implements Verdict {}

  /**
   * Its own checkpoint is prepared; a later record decides.
   *
   * @param id the name that it is decided by, 1 to {@link #MAX_ID_BYTES} bytes of UTF-8
   * @param newestLayer number of the newest sealed layer that it decides, which perhaps has no
   *     change and is not in the record
   */
  record Undecided(String id, long newestLayer) implements Verdict {
    /** How long an id may be, bytes. */
    public static final int MAX_ID_BYTES = 255;

    /** Checks them. */
    public Undecided {
      int length = id.getBytes(StandardCharsets.UTF_8).length;
      if (length == 0 || length > MAX_ID_BYTES || id.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "an id has 1 to " + MAX_ID_BYTES + " bytes and no control characters");
      }
      if (newestLayer < 1) {
        throw new IllegalArgumentException("layer " + newestLayer);
      }
    }
  }

  /**
   * The checkpoints that were prepared and not decided, up to one, are one checkpoint.
   *
   * @param record number of the youngest one's record
   */
  record Commits(long record) implements Verdict {}

  /**
   * The checkpoints that were prepared and not decided, from one on, are dropped.
   *
   * @param record number of the oldest one's record
   */
  record Aborts(long record) implements Verdict {}
}
