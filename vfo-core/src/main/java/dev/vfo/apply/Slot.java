package dev.vfo.apply;

import dev.vfo.storage.Name;
import org.jspecify.annotations.Nullable;

/**
 * One name in one directory, as far as a layer has to do with it. Names in the stage are slots too.
 */
final class Slot {
  final Entry directory;
  final Name name;

  /**
   * Whether the layer gives, takes or moves it; otherwise it is a place that an entry has before
   * and after.
   */
  final boolean isChanged;

  /** Who had the name before the layer. */
  final @Nullable Entry before;

  /** Who has it after the layer. */
  final @Nullable Entry after;

  /** Who has it now. */
  private @Nullable Entry occupant;

  /** Whether its right occupant is on the way: see {@link PlacePhase}. */
  boolean isInProgress;

  Slot(
      Entry directory,
      Name name,
      boolean isChanged,
      @Nullable Entry before,
      @Nullable Entry after) {
    this.directory = directory;
    this.name = name;
    this.isChanged = isChanged;
    this.before = before;
    this.after = after;
  }

  @Nullable Entry occupant() {
    return occupant;
  }

  void occupy(@Nullable Entry entry) {
    occupant = entry;
  }

  /** Whether the entry has the name when the layer is applied. */
  boolean keeps(Entry entry) {
    return after == entry;
  }
}
