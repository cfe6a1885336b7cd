package dev.vfo;

/**
 * The folder of a detached step was damaged from outside: something that was parked is missing or
 * changed. Nothing was changed, neither in it nor in the root.
 */
public final class DamagedStepException extends VfoException {
  private static final long serialVersionUID = 1L;

  /**
   * Of a step.
   *
   * @param folder its folder
   * @param cause which file, and what is wrong with it
   */
  public DamagedStepException(String folder, CorruptJournalException cause) {
    super(
        "the step in "
            + folder
            + " is damaged: "
            + cause.file()
            + ", offset "
            + cause.offset()
            + ": "
            + cause.reason()
            + ". Nothing was changed: put back a backup of the folder, or discard the step (remove"
            + " the folder if that is refused)",
        cause);
  }
}
