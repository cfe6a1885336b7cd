package dev.vfo.checkpoint;

import dev.vfo.ForeignChangeException.Conflict;
import dev.vfo.Options;
import dev.vfo.apply.ApplyObserver;
import dev.vfo.apply.LostOrphans;
import dev.vfo.apply.StageNames;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.Expectation;
import dev.vfo.names.Namespace;
import dev.vfo.overlay.BlockPool;
import dev.vfo.overlay.ChangeExtractor;
import dev.vfo.overlay.DefaultLists;
import dev.vfo.overlay.EntryTable;
import dev.vfo.overlay.FileAttributes;
import dev.vfo.overlay.FileContent;
import dev.vfo.overlay.FileEntry;
import dev.vfo.overlay.FileXattrs;
import dev.vfo.overlay.ForeignChanges;
import dev.vfo.overlay.GrowingFiles;
import dev.vfo.overlay.HomeKnowledge;
import dev.vfo.overlay.HomeTree;
import dev.vfo.overlay.Layer;
import dev.vfo.overlay.LayerLoader;
import dev.vfo.overlay.LayerPublisher;
import dev.vfo.overlay.LayerStack;
import dev.vfo.overlay.NameChanges;
import dev.vfo.overlay.NetChanges;
import dev.vfo.overlay.NetChanges.NetChange;
import dev.vfo.overlay.Rights;
import dev.vfo.overlay.StagedFiles;
import dev.vfo.spill.SpillFolder;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The overlay of one manager: its layers, entries, names and home, put together. Thread safe. */
final class EngineParts implements ApplyObserver, StagedFiles {
  private static final int FOLDER = OpenFlag.READ | OpenFlag.DIRECTORY;

  private final Storage storage;
  private final int stageFd;
  private final SpillFolder spills;
  private final BlockPool pool;
  private final LayerStack layers;
  private final EntryTable table;
  private final HomeTree home;
  private final HomeKnowledge knowledge;
  private final LayerPublisher publisher;
  private final Namespace names;
  private final Rights rights;
  private final FileContent content;
  private final FileAttributes attributes;
  private final FileXattrs xattrs;
  private final DeviceTrial devices;

  EngineParts(
      Options options,
      int rootFd,
      int stageFd,
      SpillFolder spills,
      long firstLayer,
      long nextVirtual)
      throws StorageException {
    this.storage = options.storage();
    this.stageFd = stageFd;
    this.spills = spills;
    LongSupplier clock = () -> nanos(options.clock().instant());
    pool = new BlockPool(options.memoryBytes());
    layers = new LayerStack(pool, spills, firstLayer);
    table = new EntryTable(storage.stat(rootFd), nextVirtual);
    home = new HomeTree(storage, table.root(), rootFd, this);
    knowledge = new HomeKnowledge(table, home);
    publisher = new LayerPublisher(table);
    NameChanges changes = new NameChanges(layers, table, clock);
    rights = new Rights(storage, home);
    GrowingFiles growing = new GrowingFiles(storage, home);
    xattrs = new FileXattrs(layers, home, clock, rights, new StageXattrTrial(storage, stageFd));
    names =
        new Namespace(
            table,
            layers,
            home,
            changes,
            ControlFolder.NAME,
            rights,
            new DefaultLists(home),
            growing);
    content = new FileContent(layers, home, growing, clock, xattrs, rights);
    attributes = new FileAttributes(layers, clock, rights);
    devices = new DeviceTrial(storage, stageFd);
  }

  static long nanos(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
  }

  BlockPool pool() {
    return pool;
  }

  /** The spill files of the layers. */
  SpillFolder spills() {
    return spills;
  }

  LayerStack layers() {
    return layers;
  }

  EntryTable table() {
    return table;
  }

  HomeTree home() {
    return home;
  }

  Namespace names() {
    return names;
  }

  FileContent content() {
    return content;
  }

  Rights rights() {
    return rights;
  }

  FileAttributes attributes() {
    return attributes;
  }

  FileXattrs xattrs() {
    return xattrs;
  }

  /** Whether device nodes can be made. */
  DeviceTrial devices() {
    return devices;
  }

  /** What is known of home files. */
  HomeKnowledge knowledge() {
    return knowledge;
  }

  /** What other programs did to home files that layers build on. */
  List<Conflict> foreignChanges(List<Layer> changed) throws StorageException {
    return new ForeignChanges(home, table.root(), names.lock().readLock(), changed).find();
  }

  /** Loads layers; {@code made} knows the home files that layers made, by entry number. */
  LayerLoader loader(LongFunction<@Nullable FileIdentity> made) {
    return new LayerLoader(layers, table, home, content, this, made);
  }

  /** The home file of an entry, if it has one. */
  @Nullable FileIdentity identityOf(long number) {
    FileEntry entry = table.get(number);
    return entry == null ? null : entry.home();
  }

  /** The net changes of sealed layers. */
  List<ChangeSet> extract(List<Layer> sealed) {
    Lock lock = names.lock().readLock();
    lock.lock();
    try {
      List<ChangeSet> changes = new ArrayList<>();
      for (Layer layer : sealed) {
        changes.add(ChangeExtractor.extract(layer, table.root(), storage.effectiveUid()));
      }
      return changes;
    } finally {
      lock.unlock();
    }
  }

  /** What all layers change; for layers above a home that nothing is applied to. */
  List<NetChange> netChanges() throws IOException {
    return layers.alone(() -> {
      Lock lock = names.lock().readLock();
      lock.lock();
      try {
        return NetChanges.of(layers.all(), table.root());
      } finally {
        lock.unlock();
      }
    });
  }

  /** Takes an applied layer off its entries; returns those that are forgotten. */
  List<FileEntry> publish(Layer layer) {
    Lock lock = names.lock().writeLock();
    lock.lock();
    try {
      layers.applied(layer);
      return publisher.publish(layer);
    } finally {
      lock.unlock();
      layer.close();
    }
  }

  /**
   * Removes home files without a name that nobody uses any more; returns whether there were any.
   */
  boolean removeOrphans() throws StorageException {
    boolean did = false;
    for (FileEntry entry : table.orphans()) {
      if (takeUnusedOrphan(entry)) {
        home.forget(entry);
        removeOrphan(entry.number());
        did = true;
      }
    }
    return did;
  }

  private boolean takeUnusedOrphan(FileEntry entry) {
    Lock lock = names.lock().writeLock();
    lock.lock();
    try {
      // Also of one that was found under a name: the last record may have it as an orphan.
      if (entry.isChanged() || entry.isInUse()) {
        return false;
      }
      table.removeOrphan(entry);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void removeOrphan(long number) throws StorageException {
    int folder = storage.open(stageFd, StageNames.ORPHANS, FOLDER, 0);
    try {
      storage.unlink(folder, StageNames.object(number));
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    } finally {
      storage.close(folder);
    }
  }

  @Override
  public int openParked(long layer, long number, int flags) throws StorageException {
    return openStaged(StageNames.folder(layer), number, flags);
  }

  @Override
  public int openOrphan(long number, int flags) throws StorageException {
    return openStaged(StageNames.ORPHANS, number, flags);
  }

  /** The attributes of a home file among the orphans. */
  FileStat statOrphan(long number) throws StorageException {
    int fd = openOrphan(number, OpenFlag.PATH);
    try {
      return storage.stat(fd);
    } finally {
      storage.close(fd);
    }
  }

  /** Marks an orphan that is not there, durably. */
  void markLostOrphan(long number) throws StorageException {
    LostOrphans.mark(storage, stageFd, number);
  }

  @Override
  public List<FileIdentity> identities(long layer) throws StorageException {
    List<FileIdentity> found = new ArrayList<>();
    addIdentities(StageNames.folder(layer), found);
    addIdentities(StageNames.ORPHANS, found);
    return found;
  }

  @Override
  public byte @Nullable [] readSymlink(long layer, long number) throws StorageException {
    int folder = -1;
    try {
      folder = storage.open(stageFd, StageNames.folder(layer), FOLDER, 0);
      return storage.readSymlink(folder, StageNames.object(number));
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return null;
      }
      throw e;
    } finally {
      if (folder >= 0) {
        storage.close(folder);
      }
    }
  }

  private void addIdentities(Name folderName, List<FileIdentity> found) throws StorageException {
    int folder;
    try {
      folder = storage.open(stageFd, folderName, FOLDER, 0);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return;
      }
      throw e;
    }
    try {
      List<Name> names = new ArrayList<>();
      storage.list(folder, (name, inode, type) -> names.add(name));
      for (Name name : names) {
        found.add(storage.stat(folder, name).identity());
      }
    } finally {
      storage.close(folder);
    }
  }

  private int openStaged(Name folderName, long number, int flags) throws StorageException {
    int folder = storage.open(stageFd, folderName, FOLDER, 0);
    try {
      return storage.open(folder, StageNames.object(number), flags, 0);
    } finally {
      storage.close(folder);
    }
  }

  @Override
  public void made(long number, FileIdentity identity) {
    publisher.bind(number, identity);
  }

  @Override
  public void kept(long number, long layer, long offset, MemorySegment bytes)
      throws StorageException {
    publisher.keep(number, layer, offset, bytes);
  }

  @Override
  public void written(long number, long layer, Expectation left) {
    publisher.written(number, layer, left);
  }

  @Override
  public void placed(long number, long directory, Name name) {
    publisher.placed(number, directory, name);
  }

  @Override
  public void parked(long number, long layer) {
    publisher.parked(number, layer);
  }

  @Override
  public void orphaned(long number) {
    publisher.orphaned(number);
  }

  @Override
  public void vacated(long number, long directory, Name name) {
    publisher.vacated(number, directory, name);
  }
}
