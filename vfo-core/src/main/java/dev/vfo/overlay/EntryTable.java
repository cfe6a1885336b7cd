package dev.vfo.overlay;

import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All file entries in memory, by number and by the identity of their home file. A home file has the
 * number of its inode; a file made in a step has a virtual number, with the highest bit set, that
 * is never given again. Thread safe; {@link #sweep} needs the namespace lock for writing.
 */
public final class EntryTable {
  /** The highest bit, which virtual numbers have. */
  public static final long VIRTUAL = Long.MIN_VALUE;

  private static final int SWEEP_FROM = 50_000;

  private final Map<Long, FileEntry> byNumber = new LinkedHashMap<>();
  private final Map<FileIdentity, FileEntry> byIdentity = new LinkedHashMap<>();
  private final Map<Long, FileEntry> byInode = new LinkedHashMap<>();

  /** The numbers that records give to home files which are not in memory yet. */
  private final Map<FileIdentity, Long> promised = new LinkedHashMap<>();

  private final Set<Long> promisedNumbers = new HashSet<>();

  private final Set<FileEntry> orphans = new LinkedHashSet<>();
  private final FileEntry root;
  private final long rootDevice;
  private long nextVirtual;
  private int sweepAt = SWEEP_FROM;

  /** A table that knows the root only; the next virtual number is given without its highest bit. */
  public EntryTable(FileStat rootStat, long nextVirtual) {
    this.nextVirtual = nextVirtual;
    this.rootDevice = rootStat.mountDevice();
    this.root = new FileEntry(rootStat.identity().inode(), FileType.DIRECTORY, 0);
    root.setHome(rootStat.identity());
    root.measured(rootStat, 0);
    put(root);
    index(root, rootStat.identity());
  }

  private void put(FileEntry entry) {
    byNumber.put(entry.number(), entry);
  }

  /** The root directory. */
  public FileEntry root() {
    return root;
  }

  /** The next virtual number that would be given, without its highest bit. */
  public synchronized long nextVirtual() {
    return nextVirtual;
  }

  /** The entry of a number, or null when it is not in memory. */
  public synchronized @Nullable FileEntry get(long number) {
    return byNumber.get(number);
  }

  /** A new entry that has no home file. */
  public synchronized FileEntry create(FileType type, long device) {
    FileEntry entry = new FileEntry(newNumber(), type, device);
    put(entry);
    return entry;
  }

  /** The entry of a number that a record speaks of; a new one has no home file yet. */
  synchronized FileEntry restore(long number, FileType type, long device) {
    FileEntry known = byNumber.get(number);
    if (known != null) {
      return known;
    }
    FileEntry entry = new FileEntry(number, type, device);
    put(entry);
    return entry;
  }

  /** The entry of a home file that a program had open, and that was among the orphans. */
  public synchronized FileEntry restoreOrphan(long number, FileStat stat) {
    FileEntry entry = restore(number, stat.type(), stat.device());
    bind(entry, stat.identity());
    entry.measured(stat, 1);
    entry.orphan();
    addOrphan(entry);
    return entry;
  }

  /**
   * Takes note of the number that a home file has in a record, for when it is found: it must not
   * get another one, or there would be two entries of it.
   */
  public synchronized void promise(FileIdentity identity, long number) {
    promised.put(identity, number);
    promisedNumbers.add(number);
  }

  /** Sees to it that no entry gets a number: a record has it for a file that is gone. */
  public synchronized void reserve(long number) {
    promisedNumbers.add(number);
  }

  /** The number that the entry of a home file has, or gets when it has none yet. */
  public synchronized long numberOf(FileIdentity identity) {
    FileEntry known = byIdentity.get(identity);
    return known == null ? freeNumber(identity) : known.number();
  }

  // The number may still be remembered for a file that is gone: the new one gets a number of its
  // own.
  private long freeNumber(FileIdentity identity) {
    Long number = promised.get(identity);
    if (number != null && !byNumber.containsKey(number)) {
      return number;
    }
    long inode = identity.inode();
    boolean isFree = !byNumber.containsKey(inode) && !promisedNumbers.contains(inode);
    return inode > 0 && isFree ? inode : newNumber();
  }

  /** A virtual number that was never given. */
  public synchronized long newNumber() {
    return VIRTUAL | nextVirtual++;
  }

  /** The entry of a home file, or null when it is not in memory. */
  synchronized @Nullable FileEntry of(FileIdentity identity) {
    return byIdentity.get(identity);
  }

  /** The entry of a home file that was found under a name which no layer changed. */
  public synchronized FileEntry adopt(FileStat stat, FileEntry parent, Name name) {
    FileEntry known = byIdentity.get(stat.identity());
    if (known == null) {
      known = load(stat);
    }
    known.discover(new Link(parent, name));
    return known;
  }

  private FileEntry load(FileStat stat) {
    FileEntry entry = new FileEntry(freeNumber(stat.identity()), stat.type(), stat.device());
    entry.setHome(stat.identity());
    entry.measured(stat, 0);
    if (stat.mountDevice() != rootDevice) {
      entry.setForeignDevice();
    }
    put(entry);
    index(entry, stat.identity());
    return entry;
  }

  /** Tells which home file an entry got. */
  public synchronized void bind(FileEntry entry, FileIdentity identity) {
    entry.setHome(identity);
    index(entry, identity);
  }

  private void index(FileEntry entry, FileIdentity identity) {
    byIdentity.put(identity, entry);
    byInode.put(identity.inode(), entry);
  }

  /**
   * The entry that has a home file with this inode number, or null; for directory listings, which
   * give no more.
   */
  public synchronized @Nullable FileEntry ofInode(long inode) {
    return byInode.get(inode);
  }

  /** Forgets an entry for good. */
  public synchronized void remove(FileEntry entry) {
    byNumber.remove(entry.number(), entry);
    FileIdentity home = entry.home();
    if (home != null) {
      byIdentity.remove(home, entry);
      byInode.remove(home.inode(), entry);
    }
  }

  /** Whether there are so many entries that a sweep is worth it. */
  public synchronized boolean isSweepDue() {
    return byNumber.size() >= sweepAt;
  }

  /** The entries that nothing refers to; they are taken out of the table. */
  public synchronized List<FileEntry> sweep() {
    Set<FileEntry> live = new HashSet<>();
    for (FileEntry entry : byNumber.values()) {
      if (entry == root || entry.isInUse() || entry.isChanged() || orphans.contains(entry)) {
        mark(entry, live);
      }
    }
    List<FileEntry> garbage = new ArrayList<>();
    for (FileEntry entry : byNumber.values()) {
      if (!live.contains(entry)) {
        garbage.add(entry);
      }
    }
    garbage.forEach(this::remove);
    sweepAt = Math.max(SWEEP_FROM, 2 * byNumber.size());
    return garbage;
  }

  private static void mark(FileEntry start, Set<FileEntry> live) {
    List<FileEntry> open = new ArrayList<>(List.of(start));
    while (!open.isEmpty()) {
      FileEntry entry = open.removeLast();
      if (live.add(entry)) {
        entry.homeLinks().forEach(link -> open.add(link.parent()));
        for (EntryDelta delta : entry.deltas()) {
          List<Link> links = delta.links;
          if (links != null) {
            links.forEach(link -> open.add(link.parent()));
          }
          Link before = delta.linkBefore();
          if (before != null) {
            open.add(before.parent());
          }
        }
      }
    }
  }

  /** Takes note that an entry's home file is among the orphans. */
  synchronized void addOrphan(FileEntry entry) {
    orphans.add(entry);
  }

  /** Whether an entry's home file has a name among the orphans, or had one. */
  synchronized boolean isAmongOrphans(FileEntry entry) {
    return orphans.contains(entry);
  }

  /** Entries whose home file is among the orphans, or was and has perhaps a name there still. */
  public synchronized List<FileEntry> orphans() {
    return List.copyOf(orphans);
  }

  /**
   * Forgets that an entry's home file is among the orphans: it is removed, or was found to have
   * another name.
   */
  public synchronized void removeOrphan(FileEntry entry) {
    orphans.remove(entry);
    if (entry.place() == FileEntry.Place.ORPHANED) {
      remove(entry);
    }
  }
}
