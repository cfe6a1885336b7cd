package dev.vfo.apply;

import dev.vfo.changes.EntryChange;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.changes.Expectation;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file entry of the layer, and where its home file is now. */
final class Entry {
  final EntryChange change;

  /** The names that the layer gives it. */
  private List<Slot> wanted = List.of();

  private boolean nameChanged;

  private @Nullable FileIdentity identity;

  /** How many of the known slots it occupies. */
  private int positions;

  /** A slot that it occupies and keeps. */
  private @Nullable Slot kept;

  /** Slots that it occupied at some time and does not keep; looked through from the end. */
  private final List<Slot> loose = new ArrayList<>(1);

  /** Of a directory: how far below the root it is when the layer is applied. */
  private int depth;

  /** Of a directory: whether the layer changes names in it. */
  private boolean hasChangedNames;

  /** Of a directory: whether it is known to be where the layer leaves it, with all above it. */
  boolean isSettled;

  private @Nullable FileStat found;

  Entry(EntryChange change, @Nullable FileIdentity identity) {
    this.change = change;
    this.identity = identity;
  }

  long number() {
    return change.number();
  }

  boolean isDirectory() {
    return change.type() == FileType.DIRECTORY;
  }

  boolean is(Fate fate) {
    return change.fate() == fate;
  }

  /** Whether its home file is made in the stage. */
  boolean isStaged() {
    return change.created() && change.fate() != Fate.GONE;
  }

  /** Whether its content is changed in place. */
  boolean isPatched() {
    return change.data() != null && !change.created() && change.fate() != Fate.GONE;
  }

  /** Whether attributes are set at the end: files that were staged have theirs already. */
  boolean isAdjusted() {
    return change.fate() != Fate.GONE
        && change.attributes().mask() != 0
        && (isDirectory() || !change.created());
  }

  @Nullable FileIdentity identity() {
    return identity;
  }

  void setIdentity(FileIdentity found) {
    identity = found;
  }

  boolean hasIdentity(FileIdentity other) {
    return other.equals(identity);
  }

  List<Slot> wanted() {
    return wanted;
  }

  /** Whether it has all the names that the layer gives it. */
  boolean hasAllWanted() {
    return wanted.stream().allMatch(slot -> slot.occupant() == this);
  }

  /** Whether the layer gives it a name or takes one from it. */
  boolean hasNameChanged() {
    return nameChanged;
  }

  void setNameChanged() {
    nameChanged = true;
  }

  void addWanted(Slot slot) {
    nameChanged = true;
    if (wanted.isEmpty()) {
      wanted = new ArrayList<>(1);
    }
    wanted.add(slot);
  }

  int depth() {
    return depth;
  }

  void setDepth(int value) {
    depth = value;
  }

  boolean hasChangedNames() {
    return hasChangedNames;
  }

  void setHasChangedNames() {
    hasChangedNames = true;
  }

  /** Its size when it was found, bytes. */
  long foundBytes() {
    return found == null ? 0 : found.sizeBytes();
  }

  /** How many names it had when it was found, known or not. */
  int foundLinks() {
    return found == null ? 0 : found.linkCount();
  }

  /** Whether another program changed it before an apply of this layer has changed anything. */
  boolean isForeign() {
    Expectation expected = change.expected();
    return expected != null
        && found != null
        && !expected.isMetWithRightsBy(found, OwnRights.givenBefore(this));
  }

  /** What it was like when it was found or made, or null. */
  @Nullable FileStat found() {
    return found;
  }

  void setFound(FileStat stat) {
    found = stat;
  }

  void attach(Slot slot) {
    slot.occupy(this);
    positions++;
    if (slot.keeps(this)) {
      kept = slot;
    } else {
      loose.add(slot);
    }
  }

  void detach(Slot slot) {
    slot.occupy(null);
    positions--;
    if (kept == slot) {
      kept = null;
    }
  }

  int positions() {
    return positions;
  }

  /** Whether it has a name in a directory that is not to be its own at the end. */
  boolean isLooseIn(Entry directory) {
    return loose.stream().anyMatch(slot -> slot.directory == directory && slot.occupant() == this);
  }

  /** A slot that it occupies and keeps, or null. */
  @Nullable Slot kept() {
    return kept;
  }

  /** A slot that it occupies and that is not to be its own at the end, or null. */
  @Nullable Slot loose() {
    while (!loose.isEmpty() && loose.getLast().occupant() != this) {
      loose.removeLast();
    }
    return loose.isEmpty() ? null : loose.getLast();
  }

  /** Any slot that it occupies, or null. */
  @Nullable Slot position() {
    return kept == null ? loose() : kept;
  }
}
