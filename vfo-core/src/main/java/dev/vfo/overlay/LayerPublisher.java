package dev.vfo.overlay;

import dev.vfo.changes.Expectation;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Follows a layer into the root: keeps the places of home files up to date while it is applied, and
 * takes its deltas off the entries when it is. Thread safe.
 */
public final class LayerPublisher {
  private final EntryTable table;

  /** A publisher for the entries of a table. */
  public LayerPublisher(EntryTable table) {
    this.table = table;
  }

  /** An entry's home file has this name now. */
  public void placed(long number, long directory, Name name) {
    FileEntry entry = table.get(number);
    FileEntry parent = table.get(directory);
    if (entry != null && parent != null) {
      entry.addHomeLink(new Link(parent, name));
    }
  }

  /** An entry's home file has this name no longer. */
  public void vacated(long number, long directory, Name name) {
    FileEntry entry = table.get(number);
    FileEntry parent = table.get(directory);
    if (entry != null && parent != null) {
      entry.removeHomeLink(new Link(parent, name));
    }
  }

  /** An entry's home file waits in the stage folder of a layer. */
  public void parked(long number, long layer) {
    FileEntry entry = table.get(number);
    if (entry != null) {
      entry.park(layer);
    }
  }

  /** An entry's home file is among the orphans. */
  public void orphaned(long number) {
    FileEntry entry = table.get(number);
    if (entry != null) {
      entry.orphan();
      table.addOrphan(entry);
    }
  }

  /** Old content of a file that the layer's blocks hold from now on, until it is applied. */
  public void keep(long number, long layer, long offset, MemorySegment bytes)
      throws StorageException {
    FileEntry entry = table.get(number);
    if (entry == null) {
      return;
    }
    entry.lock.writeLock().lock();
    try {
      for (EntryDelta delta : entry.deltas()) {
        if (delta.layer.number() == layer) {
          delta.blocks.keep(offset, bytes);
        }
      }
    } finally {
      entry.lock.writeLock().unlock();
    }
  }

  /** What a layer's apply left an entry's home file like. */
  public void written(long number, long layer, Expectation left) {
    FileEntry entry = table.get(number);
    if (entry == null) {
      return;
    }
    entry.lock.writeLock().lock();
    try {
      for (EntryDelta delta : entry.deltas()) {
        if (delta.layer.number() == layer) {
          delta.written = left;
        }
      }
    } finally {
      entry.lock.writeLock().unlock();
    }
  }

  /** An entry that the layer made has a home file now. */
  public void bind(long number, FileIdentity identity) {
    FileEntry entry = table.get(number);
    if (entry != null) {
      table.bind(entry, identity);
    }
  }

  /**
   * Takes an applied layer off its entries; what it said is home's now. The caller holds the
   * namespace lock for writing.
   *
   * @return entries that nothing refers to any more; they are out of the table
   */
  public List<FileEntry> publish(Layer layer) {
    List<FileEntry> garbage = new ArrayList<>();
    for (EntryDelta delta : layer.deltas()) {
      publish(delta);
      if (isUnreachable(delta.entry)) {
        table.remove(delta.entry);
        garbage.add(delta.entry);
      }
    }
    return garbage;
  }

  private void publish(EntryDelta delta) {
    FileEntry entry = delta.entry;
    entry.lock.writeLock().lock();
    try {
      delta.attributes.applied(delta.blocks.count());
      entry.homeAttributes = delta.attributes;
      entry.homeDefaultList = null;
      entry.expected = Expectations.after(delta, entry.expected);
      List<Link> links = delta.links;
      if (links != null) {
        entry.setHomeLinks(links);
        if (links.isEmpty() && table.isAmongOrphans(entry)) {
          // It was found under another name meanwhile, and has lost that too.
          entry.orphan();
        }
      }
      entry.unnamed &= !delta.named;
      entry.leaveStage();
      entry.removeDelta(delta);
      delta.blocks.clear();
    } finally {
      entry.lock.writeLock().unlock();
    }
  }

  private boolean isUnreachable(FileEntry entry) {
    boolean homeless = entry.home() == null || entry.place() == FileEntry.Place.NAMED;
    return entry != table.root()
        && !entry.isInUse()
        && entry.deltas().isEmpty()
        && entry.homeLinks().isEmpty()
        && homeless;
  }
}
