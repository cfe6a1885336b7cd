package dev.vfo.apply;

import dev.vfo.ForeignChangeException;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.changes.Remainder;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where the entries of a layer are now, however far an earlier apply got: goes down from
 * the root, and from the stage, along the names that the layer has to do with, and recognizes each
 * file by its identity (C11). As an apply moves entries to nowhere but the places that the record
 * names and the stage, everything is found in one look at each name; what is not found is not
 * there.
 */
final class Survey {
  private final ApplyContext context;
  private final LayerTree tree;
  private final Storage storage;
  private final OwnRights rights;
  private final List<Conflict> conflicts = new ArrayList<>();
  private final Deque<Entry> unvisited = new ArrayDeque<>();

  /** Puts what another program has in the way aside. */
  private interface Keeping {
    void run(Aside aside) throws StorageException, ForeignChangeException;
  }

  /**
   * What is in the way.
   *
   * @param giving gives up what the layer does there
   * @param keeping puts it aside; null when nothing helps
   */
  private record Conflict(
      ForeignChangeException told, Consumer<Remainder> giving, @Nullable Keeping keeping) {}

  Survey(ApplyContext context) {
    this.context = context;
    this.tree = context.tree();
    this.storage = context.target().storage();
    this.rights = new OwnRights(storage, context.directories());
  }

  /**
   * Looks at home and at the orphans, and when there is a plan, at the layer's folder in the stage,
   * which is not to be relied on before. When all is well we have the rights to work on what was
   * found; else the root is as before.
   *
   * @throws ForeignChangeException when another program has put something where the layer has to do
   *     something, or has taken away what it needs
   */
  void run(boolean isPlanned) throws StorageException, ForeignChangeException {
    try {
      if (isPlanned) {
        lookAtStage();
      }
      lookAtHome();
      check(isPlanned);
    } catch (StorageException | ForeignChangeException e) {
      rights.takeBack(e);
      throw e;
    }
    try {
      rights.giveAll();
    } catch (StorageException e) {
      throw context.errors().at("change the mode of what is ours in", ".", e);
    }
  }

  private void lookAtHome() throws StorageException, ForeignChangeException {
    findOrphans();
    tree.root.setFound(storage.stat(context.target().rootFd()));
    rights.foundRoot(tree.root, context.target().rootFd());
    unvisited.add(tree.root);
    while (!unvisited.isEmpty()) {
      visit(unvisited.removeFirst());
    }
  }

  private void lookAtStage() throws StorageException {
    for (Listed listed : Listed.in(storage, context.folders().layerFd)) {
      Entry entry = entryOf(listed.name());
      if (entry != null) {
        recognize(entry, context.folders().layerFd, tree.stageSlot(entry));
      }
    }
  }

  private @Nullable Entry entryOf(Name name) {
    var number = StageNames.number(name);
    return number.isPresent() ? tree.find(number.getAsLong()) : null;
  }

  private void findOrphans() throws StorageException {
    for (Entry entry : tree.entries()) {
      boolean wasOrphan = entry.change.before() == null && !entry.change.created();
      if (entry != tree.root && (wasOrphan || entry.is(Fate.ORPHAN))) {
        recognize(entry, context.folders().orphansFd, tree.orphanSlot(entry));
      }
    }
  }

  /** Attaches an entry to a slot in the stage, if it is there. */
  private void recognize(Entry entry, int folderFd, Slot slot) throws StorageException {
    FileStat stat = ApplyErrors.statOrNull(storage, folderFd, slot.name);
    if (stat != null && entry.hasIdentity(stat.identity())) {
      found(entry, folderFd, slot, stat);
    }
  }

  private void visit(Entry directory) throws StorageException, ForeignChangeException {
    int fd = context.directories().pin(directory);
    try {
      for (Slot slot : tree.slotsOf(directory)) {
        look(fd, slot);
      }
    } catch (StorageException e) {
      throw context.errors().at("look at", tree.path(directory), e);
    } finally {
      context.directories().unpin(directory);
    }
  }

  private void look(int fd, Slot slot) throws StorageException {
    FileStat stat = ApplyErrors.statOrNull(storage, fd, slot.name);
    if (stat == null) {
      return;
    }
    Entry entry = tree.find(stat.identity());
    if (entry != null && (slot.before == entry || slot.after == entry)) {
      found(entry, fd, slot, stat);
    } else if (slot.isChanged) {
      // What the layer itself has to do with cannot be put aside.
      Keeping keeping = entry == null ? aside -> keep(aside, slot) : null;
      conflicts.add(
          new Conflict(context.errors().occupied(slot), left -> giveUp(left, slot), keeping));
    }
  }

  private void found(Entry entry, int fd, Slot slot, FileStat stat) throws StorageException {
    boolean first = entry.positions() == 0;
    entry.attach(slot);
    if (first) {
      entry.setFound(stat);
      rights.found(entry, fd, slot, stat);
      if (entry.isDirectory()) {
        unvisited.add(entry);
      }
    }
  }

  /**
   * Tells whether all is there that the layer needs, and as long as there is no plan, whether it is
   * as it was when the step changed it: with a plan it may be what an earlier try has made of it.
   *
   * @throws ForeignChangeException when another program has changed it or taken it away
   */
  private void check(boolean isPlanned) throws StorageException, ForeignChangeException {
    for (Entry entry : tree.entries()) {
      boolean there = entry == tree.root || entry.positions() > 0;
      boolean isMissed = isNeeded(entry) || (!isPlanned && isLeftElsewhere(entry));
      if (there ? isLastName(entry) : isMissed) {
        conflicts.add(
            new Conflict(
                context.errors().missing(entry), left -> giveUp(left, entry, there), null));
      } else if (there && !isPlanned) {
        checkUntouched(entry);
      }
    }
    if (!conflicts.isEmpty()) {
      resolve(isPlanned ? new Resolution.Refuse() : context.resolution());
    }
  }

  private void resolve(Resolution resolution) throws StorageException, ForeignChangeException {
    boolean canBeKept = conflicts.stream().allMatch(each -> each.keeping() != null);
    if (resolution instanceof Resolution.Ours(Aside aside) && canBeKept) {
      for (Conflict each : conflicts) {
        Objects.requireNonNull(each.keeping()).run(aside);
      }
      return;
    }
    if (resolution instanceof Resolution.Theirs) {
      conflicts.forEach(each -> each.giving().accept(context.left()));
    }
    throw context.errors().all(conflicts.stream().map(Conflict::told).toList());
  }

  private static void giveUp(Remainder left, Slot slot) {
    if (slot.before != null) {
      left.giveUp(slot.before.number());
    }
    if (slot.after != null) {
      left.giveUp(slot.after.number());
    }
  }

  private static void giveUp(Remainder left, Entry entry, boolean isThere) {
    if (isThere) {
      left.giveUp(entry.number());
    } else {
      left.giveUpMissing(entry.number());
    }
  }

  /** Moves aside what has a name that the layer changes. */
  private void keep(Aside aside, Slot slot) throws StorageException, ForeignChangeException {
    int fd = context.directories().pin(slot.directory);
    try {
      FileStat stat = ApplyErrors.statOrNull(storage, fd, slot.name);
      if (stat != null) {
        aside.move(fd, slot.name, tree.path(slot));
      }
    } finally {
      context.directories().unpin(slot.directory);
    }
  }

  /** Copies a file that the layer changes; of others only attributes can have been changed. */
  private void keep(Aside aside, Entry entry) throws StorageException, ForeignChangeException {
    Slot slot = entry.position();
    if (slot != null && entry.change.type() == FileType.REGULAR) {
      int fd = context.directories().pin(slot.directory);
      try {
        aside.copy(fd, slot.name, tree.path(slot));
      } finally {
        context.directories().unpin(slot.directory);
      }
    }
  }

  /** Moves aside what is in a directory that the layer removes, and is not the layer's. */
  private void keepOthers(Aside aside, Entry directory)
      throws StorageException, ForeignChangeException {
    int fd = context.directories().pin(directory);
    try {
      for (Name name : othersIn(directory, fd)) {
        aside.move(fd, name, tree.path(directory) + "/" + name);
      }
    } finally {
      context.directories().unpin(directory);
    }
  }

  private void checkUntouched(Entry entry) throws StorageException, ForeignChangeException {
    Slot slot = entry.position();
    if (entry.isForeign() || tree.buildsOnGivenUp(entry)) {
      conflicts.add(
          new Conflict(
              context.errors().changed(entry),
              left -> giveUp(left, entry, true),
              aside -> keep(aside, entry)));
    }
    if (slot != null && entry.isDirectory() && !entry.is(Fate.ALIVE) && hasOthers(entry)) {
      conflicts.add(
          new Conflict(
              context.errors().notEmpty(slot),
              left -> giveUp(left, entry, true),
              aside -> keepOthers(aside, entry)));
    }
  }

  /** Whether something is in a directory that the layer does not know. */
  private boolean hasOthers(Entry directory) throws StorageException, ForeignChangeException {
    int fd = context.directories().pin(directory);
    try {
      return !othersIn(directory, fd).isEmpty();
    } catch (StorageException e) {
      if (e.errno() == Errno.EACCES) {
        // Its own removal tells.
        return false;
      }
      throw context.errors().at("look at", tree.path(directory), e);
    } finally {
      context.directories().unpin(directory);
    }
  }

  private List<Name> othersIn(Entry directory, int fd) throws StorageException {
    Set<Name> ours = new HashSet<>();
    tree.slotsOf(directory).forEach(slot -> ours.add(slot.name));
    int listed = storage.reopen(fd, OpenFlag.READ | OpenFlag.DIRECTORY);
    try {
      return Listed.in(storage, listed).stream()
          .map(Listed::name)
          .filter(name -> !ours.contains(name))
          .toList();
    } finally {
      storage.close(listed);
    }
  }

  /**
   * Orphans may have been given up; a file of which the layer only takes a name away has others.
   */
  private boolean isNeeded(Entry entry) {
    boolean isHome = entry.identity() != null || !entry.change.created();
    if (!entry.is(Fate.ALIVE) || !isHome) {
      return false;
    }
    return entry.isDirectory()
        || !entry.wanted().isEmpty()
        || entry.isPatched()
        || entry.isAdjusted();
  }

  /** Whether an earlier layer did not bring a home file to where this one expects it. */
  private boolean isLeftElsewhere(Entry entry) {
    return entry.identity() != null && tree.buildsOnGivenUp(entry);
  }

  /** Whether the names that should be left to a file, which the record does not have, are gone. */
  private static boolean isLastName(Entry entry) {
    return entry.is(Fate.ALIVE)
        && !entry.isDirectory()
        && entry.wanted().isEmpty()
        && entry.kept() == null
        && entry.foundLinks() <= entry.positions();
  }
}
