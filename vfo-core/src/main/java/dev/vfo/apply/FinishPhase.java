package dev.vfo.apply;

import dev.vfo.ForeignChangeException;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.changes.Expectation;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Phase (d): sets owners, modes and times, when no name and no content changes any more, and makes
 * all of the layer durable: also what an earlier try did and this one found done, for a killed
 * process leaves that un-synced (C15).
 */
class FinishPhase {
  private final ApplyContext context;
  private final LayerTree tree;
  private final Storage storage;

  FinishPhase(ApplyContext context) {
    this.context = context;
    this.tree = context.tree();
    this.storage = context.target().storage();
  }

  /** The collection of what has to be synced, empty, before the first change at home. */
  static SyncSet syncSet(ApplyTarget target, LayerTree tree) {
    int count = 0;
    boolean special = false;
    for (Entry entry : tree.entries()) {
      if (isTouched(entry)) {
        count++;
        special |= !entry.isDirectory() && entry.change.type() != FileType.REGULAR;
      }
    }
    SyncSet syncs = new SyncSet(target, count);
    if (special) {
      syncs.useWhole();
    }
    return syncs;
  }

  private static boolean isTouched(Entry entry) {
    return !entry.is(Fate.GONE)
        && (entry.isPatched()
            || entry.isAdjusted()
            || (entry.isDirectory() && entry.hasChangedNames()));
  }

  /** Sets the attributes; collects what has to be synced. */
  void adjust(SyncSet syncs) throws StorageException, ForeignChangeException {
    List<Entry> directories = new ArrayList<>();
    for (Entry entry : tree.entries()) {
      tellStaged(entry);
      if (!isTouched(entry) || (entry != tree.root && entry.positions() == 0)) {
        continue;
      }
      if (entry.isDirectory()) {
        directories.add(entry);
      } else {
        adjust(entry, syncs);
      }
    }
    // What is inside first: the mode of a directory could lock us out.
    directories.sort(Comparator.comparingInt(Entry::depth).reversed());
    for (Entry directory : directories) {
      collect(directory, syncs);
    }
    for (Entry directory : directories) {
      if (directory == tree.root) {
        adjustRoot();
      } else {
        adjust(directory, syncs);
      }
    }
    collectOrphans(syncs);
  }

  private void collect(Entry directory, SyncSet syncs)
      throws StorageException, ForeignChangeException {
    if (!syncs.isWhole()) {
      int fd = context.directories().pin(directory);
      try {
        syncs.addOpen(directory, fd);
      } catch (StorageException e) {
        throw context.errors().at("open", tree.path(directory), e);
      } finally {
        context.directories().unpin(directory);
      }
    }
  }

  private void collectOrphans(SyncSet syncs) throws StorageException {
    for (Entry entry : tree.entries()) {
      boolean wasOrphan = entry.change.before() == null && !entry.change.created();
      if (entry.is(Fate.ORPHAN) || (wasOrphan && entry != tree.root)) {
        syncs.addOpen(tree.orphans, context.folders().orphansFd);
        return;
      }
    }
  }

  private void adjust(Entry entry, SyncSet syncs) throws StorageException, ForeignChangeException {
    Slot slot = entry.position();
    if (slot == null) {
      throw context.errors().missing(entry);
    }
    int fd = context.directories().pin(slot.directory);
    try {
      syncs.addNamed(entry, fd, slot.name);
      int mask = OwnRights.settable(storage, entry, () -> storage.stat(fd, slot.name));
      Adjuster.set(storage, fd, slot.name, entry.change, mask);
      tell(entry, storage.stat(fd, slot.name), mask);
    } catch (StorageException e) {
      throw context.errors().at("set attributes of", tree.path(slot), e);
    } finally {
      context.directories().unpin(slot.directory);
    }
  }

  /** A file that was made in the stage has its attributes from there. */
  private void tellStaged(Entry entry) {
    FileStat made = entry.found();
    if (entry.isStaged() && !entry.isDirectory() && made != null) {
      tell(entry, made, Attributes.ALL);
    }
  }

  /** Tells what an entry is like now; what another program did meanwhile is not taken for ours. */
  private void tell(Entry entry, FileStat stat, int mask) {
    if (stat.identity().equals(entry.identity()) || entry == tree.root) {
      long layer = tree.changes.layer();
      context.observer().written(entry.number(), layer, left(entry.change, stat, mask));
    }
  }

  private static Expectation left(EntryChange change, FileStat stat, int mask) {
    Data data = change.data();
    long size = data == null ? stat.sizeBytes() : data.sizeBytes();
    // A file system may keep coarser times than we set, so older ones; newer ones are not ours.
    boolean isSet = (mask & Attributes.MODIFY_TIME) != 0;
    long set = change.attributes().modifyNanos();
    long modify = isSet ? Math.min(stat.modifyNanos(), set) : stat.modifyNanos();
    return new Expectation(size, modify, stat.mode(), stat.uid(), stat.gid());
  }

  // By descriptor: the root may have no name that we could find, or lie in a directory that we may
  // not read.
  private void adjustRoot() throws StorageException {
    if (!tree.root.isAdjusted()) {
      return;
    }
    try {
      int rootFd = context.target().rootFd();
      int mask = OwnRights.settable(storage, tree.root, () -> storage.stat(rootFd));
      Adjuster.set(storage, rootFd, tree.root.change, mask);
      tell(tree.root, storage.stat(rootFd), mask);
    } catch (StorageException e) {
      throw context.errors().at("set attributes of", ".", e);
    }
  }
}
