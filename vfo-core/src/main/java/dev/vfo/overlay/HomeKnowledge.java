package dev.vfo.overlay;

import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is known of home files true while other programs change them, as long as no layer has
 * changed the entry: from then on a step builds on it. Thread safe; the caller holds the namespace
 * lock, so that no layer is published meanwhile.
 */
public final class HomeKnowledge {
  private static final System.Logger LOG = System.getLogger(HomeKnowledge.class.getName());

  private final EntryTable table;
  private final HomeTree home;

  /** Knowledge of the entries of a table. */
  public HomeKnowledge(EntryTable table, HomeTree home) {
    this.table = table;
    this.home = home;
  }

  /** The entry of what was found under a name in home that no layer changed. */
  public FileEntry found(FileStat stat, FileEntry directory, Name name) throws StorageException {
    FileEntry known = table.of(stat.identity());
    FileEntry entry = table.adopt(stat, directory, name);
    if (known != null) {
      take(entry, stat);
      forgetLostNames(entry, new Link(directory, name));
    }
    return entry;
  }

  /** Looks again at a home file, if it has an entry: it is about to be built on. */
  public void lookAgain(FileIdentity identity) {
    FileEntry known = table.of(identity);
    if (known != null) {
      lookAgain(known);
    }
  }

  /**
   * Looks again at the home file of an entry whose changes were dropped. What cannot be looked at
   * stays as it was known: whoever needs the file is told.
   */
  public void lookAgain(FileEntry entry) {
    if (entry.home() == null || entry.isChanged()) {
      return;
    }
    try {
      forgetLostNames(entry, null);
      take(entry, home.stat(entry));
    } catch (StorageException e) {
      LOG.log(Level.DEBUG, "not looked at after a rollback", e);
    }
  }

  private void take(FileEntry entry, FileStat stat) {
    if (entry.isChanged() || entry.isAsExpected(stat)) {
      return;
    }
    int namesInStage = !entry.isDirectory() && table.isAmongOrphans(entry) ? 1 : 0;
    entry.lock.writeLock().lock();
    try {
      if (!entry.isChanged()) {
        entry.measured(stat, namesInStage);
      }
    } finally {
      entry.lock.writeLock().unlock();
    }
  }

  /** Of several names those that another program gave away; never the last one. */
  private void forgetLostNames(FileEntry entry, @Nullable Link sure) throws StorageException {
    List<Link> links = entry.homeLinks();
    if (links.size() < 2 || entry.isChanged()) {
      return;
    }
    List<Link> there = new ArrayList<>();
    for (Link link : links) {
      if (link.equals(sure) || isThere(entry, link)) {
        there.add(link);
      }
    }
    if (!there.isEmpty() && there.size() < links.size() && !isBelowItself(entry, there)) {
      entry.setHomeLinks(List.copyOf(there));
    }
  }

  // A directory above may have been moved too, and a layer has changed that: it stays as it was.
  private static boolean isBelowItself(FileEntry entry, List<Link> links) {
    FileEntry at = entry.isDirectory() ? links.getFirst().parent() : null;
    while (at != null && at != entry) {
      at = at.parent();
    }
    return at == entry;
  }

  private boolean isThere(FileEntry entry, Link link) throws StorageException {
    try {
      FileStat stat = home.find(link.parent(), link.name());
      return stat != null && stat.identity().equals(entry.home());
    } catch (StorageException e) {
      if (HomeTree.isElsewhere(e.errno())) {
        return false;
      }
      throw e;
    }
  }
}
