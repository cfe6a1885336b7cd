package dev.vfo.inspect;

/** How far the apply of what is committed has come, as the files tell. */
public enum ApplyPhase {
  /** All that is committed is in the root. */
  DONE("all applied"),
  /** It has not begun. */
  WAITING("apply not begun"),
  /** New files are being made in the stage. */
  STAGING("apply: staging"),
  /** The plan is on disk: names and contents are put in place, and synced. */
  PLACING("apply: placing"),
  /** All is in place; what is left in the stage is being removed. */
  CLEARING("apply: clearing the stage");

  private final String text;

  ApplyPhase(String text) {
    this.text = text;
  }

  /** In a few words. */
  public String text() {
    return text;
  }
}
