package dev.vfo;

/**
 * A journal that was damaged from outside: something that was durable is missing, changed or of
 * another root. Nothing was changed on disk. Not thrown for what a crash may leave behind.
 */
public final class CorruptJournalException extends VfoException {
  private static final long serialVersionUID = 1L;

  private static final String ADVICE =
      "Nothing was changed. Copy the root with its .vfo aside, then either put back a backup of"
          + " both that was made together, or look at what is left with 'vfo verify'.";

  private final String file;
  private final long offset;
  private final String reason;

  /**
   * @param file the damaged file, relative to the control folder {@code .vfo}
   * @param offset where in the file, bytes
   * @param reason what is wrong there, without a full stop
   */
  public CorruptJournalException(String file, long offset, String reason) {
    super(".vfo/" + file + ", offset " + offset + ": " + reason + ". " + ADVICE);
    this.file = file;
    this.offset = offset;
    this.reason = reason;
  }

  /** The damaged file, relative to the control folder {@code .vfo}. */
  public String file() {
    return file;
  }

  /** Where in the file, bytes. */
  public long offset() {
    return offset;
  }

  /** What is wrong there, without a full stop. */
  public String reason() {
    return reason;
  }
}
