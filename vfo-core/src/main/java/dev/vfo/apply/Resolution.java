package dev.vfo.apply;

/** What is done about changes of other programs that stand in the way of a layer's apply. */
public sealed interface Resolution {
  /** Nothing: it is an error. */
  record Refuse() implements Resolution {}

  /**
   * The layer wins.
   *
   * @param aside where what is in the way is put before anything is changed
   */
  record Ours(Aside aside) implements Resolution {}

  /**
   * The other programs win: the layer is applied without what it changes of that.
   *
   * @param newestLayer the newest layer that is made already: younger ones will be made over what
   *     the other programs left
   */
  record Theirs(long newestLayer) implements Resolution {}
}
