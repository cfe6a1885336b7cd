package dev.vfo.apply;

import dev.vfo.ForeignChangeException;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.storage.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Phase (c), names: gives each name to the entry that it is to stand for, then takes away the names
 * that are gone, the directories last.
 *
 * <p>Directories nearer to the root come first, as they are in the tree that the layer leads to. So
 * the directory of a name that is given is where it belongs, with all above it; none of them can be
 * the entry that is moved into it, or that one would lie below itself in the end.
 *
 * <p>No entry that is still needed loses its last known name, in any state that a crash can leave:
 * it only ever loses it by a rename to another place (C1), or when another name is known already,
 * which it keeps, or which it loses by a rename too. What is in the way goes to one of its own
 * names first, when that one can be given already; else it waits in the stage.
 */
class PlacePhase {
  /**
   * How far up it is looked whether a directory is settled before the entry goes to the stage
   * instead.
   */
  private static final int MAX_CLIMB = 64;

  private final LayerTree tree;
  private final ApplyErrors errors;
  private final Moves moves;

  PlacePhase(ApplyContext context) {
    this.tree = context.tree();
    this.errors = context.errors();
    this.moves = new Moves(context);
    tree.root.isSettled = true;
  }

  void run() throws StorageException, ForeignChangeException {
    for (Slot slot : inOrder()) {
      if (slot.after != null) {
        place(slot);
      }
    }
    for (Slot slot : inOrder()) {
      if (slot.after == null) {
        vacate(slot);
      }
    }
    removeNameless();
    new DyingDirectories(tree, moves).run();
  }

  /**
   * The names that the layer changes: those of a directory together, those of directories near the
   * root first.
   */
  private List<Slot> inOrder() {
    List<Slot> slots = new ArrayList<>(tree.changedSlots());
    slots.sort(
        Comparator.comparingInt((Slot slot) -> slot.directory.depth())
            .thenComparingLong(slot -> slot.directory.number()));
    return slots;
  }

  private void place(Slot first) throws StorageException, ForeignChangeException {
    Deque<Slot> open = new ArrayDeque<>();
    begin(first, open);
    while (!open.isEmpty()) {
      Slot slot = open.element();
      Entry occupant = slot.occupant();
      if (occupant == null || occupant == slot.after || mayLose(occupant)) {
        give(slot, occupant);
        slot.isInProgress = false;
        open.remove();
      } else if (!moveOn(occupant, open)) {
        moves.rename(occupant, slot, refuge(occupant));
      }
    }
  }

  private static void begin(Slot slot, Deque<Slot> open) {
    slot.isInProgress = true;
    open.push(slot);
  }

  /**
   * Lets an entry that is in the way go to a name that it has to get first, if that is possible.
   */
  private boolean moveOn(Entry occupant, Deque<Slot> open) {
    for (Slot slot : occupant.wanted()) {
      boolean isMissing = slot.occupant() != occupant;
      if (isMissing && !slot.isInProgress && isSettled(slot.directory)) {
        begin(slot, open);
        return true;
      }
    }
    return false;
  }

  /**
   * Whether an entry can do without one of the names that it has. While it has to get another one,
   * only if it has a name in the stage too: what the step renamed is renamed, for a link is more
   * than we may make of another user's file. A second name could not go to the stage, as a rename
   * to a name of the same file does nothing.
   */
  private boolean mayLose(Entry occupant) {
    if (occupant.isDirectory()) {
      return false;
    }
    if (occupant.is(Fate.GONE)) {
      return true;
    }
    if (occupant.positions() > 1) {
      return occupant.hasAllWanted() || occupant.isLooseIn(tree.stage);
    }
    // Alive without a name in the record: it has others. Still needed here if there is more to do
    // with it.
    return occupant.is(Fate.ALIVE)
        && occupant.wanted().isEmpty()
        && !occupant.isPatched()
        && !occupant.isAdjusted();
  }

  /**
   * Where an entry goes that is in the way: a file for good if it is an orphan, others until they
   * are placed or removed.
   */
  private Slot refuge(Entry entry) {
    boolean stays = entry.is(Fate.ORPHAN) && !entry.isDirectory();
    return stays ? tree.orphanSlot(entry) : tree.stageSlot(entry);
  }

  private boolean isSettled(Entry directory) {
    List<Entry> passed = new ArrayList<>();
    Entry at = directory;
    while (!at.isSettled) {
      Slot slot = at.kept();
      if (slot == null || passed.size() == MAX_CLIMB) {
        return false;
      }
      passed.add(at);
      at = slot.directory;
    }
    passed.forEach(entry -> entry.isSettled = true);
    return true;
  }

  private void give(Slot slot, @Nullable Entry occupant)
      throws StorageException, ForeignChangeException {
    Entry entry = slot.after;
    if (entry == null || entry == occupant) {
      return;
    }
    if (occupant != null && entry.isDirectory()) {
      moves.unlink(slot);
    }
    Slot source = entry.loose();
    if (source != null) {
      moves.rename(entry, source, slot);
      return;
    }
    source = entry.kept();
    if (source == null) {
      throw errors.missing(entry);
    }
    moves.link(entry, source, slot);
  }

  private void vacate(Slot slot) throws StorageException, ForeignChangeException {
    Entry occupant = slot.occupant();
    if (occupant == null || occupant.isDirectory()) {
      return;
    }
    if (mayLose(occupant)) {
      moves.unlink(slot);
    } else {
      moves.rename(occupant, slot, refuge(occupant));
    }
  }

  /**
   * Orphans that were made or had waited in the stage go to their folder; those that nobody has
   * open any more go away.
   */
  private void removeNameless() throws StorageException, ForeignChangeException {
    for (Entry entry : tree.entries()) {
      if (entry.isDirectory() || entry.is(Fate.ALIVE) || entry.kept() != null) {
        continue;
      }
      Slot slot = entry.loose();
      if (slot != null && entry.is(Fate.ORPHAN)) {
        moves.rename(entry, slot, tree.orphanSlot(entry));
      }
      while (slot != null && entry.is(Fate.GONE)) {
        moves.unlink(slot);
        slot = entry.loose();
      }
    }
  }
}
