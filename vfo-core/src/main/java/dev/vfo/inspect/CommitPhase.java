package dev.vfo.inspect;

/** How far the newest checkpoint has come on its way into the journal, as the files tell. */
public enum CommitPhase {
  /** None is on its way. */
  NONE("no checkpoint under way"),
  /** Space is reserved for one, but its record has not begun. */
  BEGUN("checkpoint begun, no record yet"),
  /**
   * Its record is not whole: it is being written, or was torn and no recovery has seen it yet. Not
   * told of a checkpoint that has a state and no files.
   */
  TORN("record half written"),
  /** Its record is whole, but is not yet known to be durable: nobody was told of it. */
  UNACKNOWLEDGED("committed, not acknowledged");

  private final String text;

  CommitPhase(String text) {
    this.text = text;
  }

  /** In a few words. */
  public String text() {
    return text;
  }
}
