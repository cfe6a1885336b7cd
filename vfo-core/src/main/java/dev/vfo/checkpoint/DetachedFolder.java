package dev.vfo.checkpoint;

import dev.vfo.CopiedRootException;
import dev.vfo.CorruptJournalException;
import dev.vfo.DamagedStepException;
import dev.vfo.Options;
import dev.vfo.RootInUseException;
import dev.vfo.StepCommittedException;
import dev.vfo.UnusableRootException;
import dev.vfo.apply.Applier;
import dev.vfo.apply.ApplyObserver;
import dev.vfo.apply.ApplyTarget;
import dev.vfo.apply.SpaceReserve;
import dev.vfo.apply.StageCleaner;
import dev.vfo.apply.StageNames;
import dev.vfo.changes.ChangeSet;
import dev.vfo.journal.AcknowledgedCell;
import dev.vfo.journal.Adoption;
import dev.vfo.journal.AppliedMark;
import dev.vfo.journal.FormatFile;
import dev.vfo.journal.JournalReader;
import dev.vfo.journal.JournalWriter;
import dev.vfo.journal.RootId;
import dev.vfo.journal.RootIdFile;
import dev.vfo.overlay.LayerLoader;
import dev.vfo.recovery.Recovered;
import dev.vfo.recovery.Recovery;
import dev.vfo.spill.SpillFolder;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The folder of a detached step, open: a journal of its own over a root that is only read. Its
 * layers are never applied here.
 */
final class DetachedFolder implements AutoCloseable {
  private static final Name CONTROL = ControlFolder.NAME;
  private static final int FOLDER = OpenFlag.READ | OpenFlag.DIRECTORY;

  private final Storage storage;
  private final Path path;
  private final OpenResources open;
  private final ControlPlace place;
  private final int rootFd;
  private final ControlFolder control;
  private final ApplyTarget target;
  private final SpillFolder spills;
  private final EngineParts parts;
  private final JournalWriter journal;
  private final List<ChangeSet> layers = new ArrayList<>();
  private final long lastRecord;

  private DetachedFolder(Path root, Path path, Options options, OpenResources open)
      throws IOException {
    this.storage = options.storage();
    this.path = path;
    this.open = open;
    rootFd = RootCheck.open(options, root);
    open.add(() -> storage.close(rootFd));
    place = place(storage, path, rootFd, open);
    removeDiscarded(storage, place);
    control = ControlFolder.open(storage, place, options.random());
    open.add(control::close);
    RootId id = control.rootId();
    requireRoot(root);
    requireNotCommitted(id);
    Recovery recovery = new Recovery(new JournalReader(storage, control.journalFd(), id));
    Recovered found =
        recovery.read(
            AcknowledgedCell.read(storage, control.recordsFd(), id),
            AppliedMark.read(storage, control.fd(), id));
    target = new ApplyTarget(storage, id, rootFd, control.stageFd(), rootFd);
    recovery.verifyContent(found, 0, target);
    lastRecord = found.lastRecord();
    control.announce(ProcessHandle.current().pid());
    AcknowledgedCell acknowledged = AcknowledgedCell.open(storage, control.recordsFd(), id);
    open.add(acknowledged::close);
    journal =
        JournalWriter.resume(
            storage,
            control.journalFd(),
            id,
            OpenRoot.journalOptions(options),
            options.random(),
            found.scan(),
            acknowledged);
    open.add(journal::close);
    // Nothing is applied here; it knows what is left in a stage.
    new Applier(target, new ReentrantLock(), ApplyObserver.NONE, SpaceReserve.NONE)
        .removeSpills(layer -> layer <= found.newestLayer());
    spills =
        new SpillFolder(
            storage,
            control.stageFd(),
            id,
            StageNames::spill,
            () ->
                options.diskBytes() == Long.MAX_VALUE
                    ? Long.MAX_VALUE
                    : options.diskBytes() - journal.bytesOnDisk());
    open.add(spills::close);
    parts =
        new EngineParts(
            options,
            rootFd,
            control.stageFd(),
            spills,
            found.newestLayer() + 1,
            found.nextVirtual());
    open.add(() -> parts.home().close());
    load(recovery, found);
  }

  /**
   * Opens it, and makes it when it is not there. The root is to be recovered before.
   *
   * @throws RootInUseException when another process has the step open
   * @throws StepCommittedException when it was committed; what was left of it is removed
   * @throws DamagedStepException when something that was parked is missing or changed
   */
  static DetachedFolder open(Path root, Path folder, Options options) throws IOException {
    OpenResources open = new OpenResources();
    boolean opened = false;
    try {
      DetachedFolder detached = new DetachedFolder(root, folder, options, open);
      opened = true;
      return detached;
    } catch (CorruptJournalException e) {
      throw new DamagedStepException(folder.toString(), e);
    } finally {
      if (!opened) {
        open.close();
      }
    }
  }

  private static ControlPlace place(Storage storage, Path path, int rootFd, OpenResources open)
      throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    Path name = absolute.getFileName();
    if (parent == null || name == null || Name.of(name.toString()).equals(CONTROL)) {
      throw new UnusableRootException(path + " is no place for a step: give a folder of its own");
    }
    int parentFd = openParent(storage, parent);
    open.add(() -> storage.close(parentFd));
    return ControlPlace.ofStep(
        parentFd, Name.of(name.toString()), rootFd < 0 ? parentFd : rootFd, path.toString());
  }

  private static int openParent(Storage storage, Path parent) throws IOException {
    try {
      return storage.openRoot(parent);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
        throw new UnusableRootException(
            parent + " is no directory: make it before a step in it is opened", e);
      }
      throw e;
    }
  }

  private void requireRoot(Path root) throws IOException {
    if (control.isMoved()) {
      throw new CopiedRootException(
          path
              + " is a step over another directory than "
              + root
              + ": put the one back that it was made for, or discard the step");
    }
  }

  private void requireNotCommitted(RootId id) throws IOException {
    int rootControl;
    try {
      rootControl = storage.open(rootFd, CONTROL, FOLDER, 0);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return;
      }
      throw e;
    }
    try {
      RootId root = RootIdFile.read(storage, rootControl).id();
      Adoptions adoptions = new Adoptions(storage, rootControl, root);
      Optional<Adoption> adoption = adoptions.find(id);
      if (adoption.isPresent()) {
        remove();
        adoptions.end(adoption.get());
        throw new StepCommittedException(path.toString(), adoption.get().before() + 1);
      }
    } finally {
      storage.close(rootControl);
    }
  }

  private void load(Recovery recovery, Recovered found) throws IOException {
    List<ChangeSet> parked = new ArrayList<>();
    recovery.forEachUnapplied(found, 0, (commit, number, layer) -> parked.add(layer));
    // All at once: each look at the root tells what every layer needs of it.
    new ParkedCheck(storage, rootFd, "try again, or discard " + path).requireInPlace(parked);
    LayerLoader loader = parts.loader(number -> null);
    recovery.forEachUnapplied(
        found,
        0,
        (commit, number, layer) ->
            layers.add(loader.loadParked(layer, commit.timeNanos()).changes()));
  }

  /** Removes the step; after a crash meanwhile it is there wholly or not at all. */
  void remove() throws StorageException {
    remove(storage, place);
  }

  private static void remove(Storage storage, ControlPlace place) throws StorageException {
    removeDiscarded(storage, place);
    Name discarded = discarded(place);
    storage.rename(
        place.parentFd(), place.name(), place.parentFd(), discarded, RenameMode.NO_REPLACE);
    removeDiscarded(storage, place);
  }

  private static Name discarded(ControlPlace place) {
    return Name.of("." + place.name() + ".discarded");
  }

  private static void removeDiscarded(Storage storage, ControlPlace place) throws StorageException {
    try {
      FileStat _ = storage.stat(place.parentFd(), discarded(place));
      // Who renamed it may have been killed before that was durable: a power failure could then
      // bring it back under its old name, with a part of what was in it (C15).
      storage.sync(place.parentFd());
      new StageCleaner(storage, place.parentFd()).remove(discarded(place));
    } catch (StorageException e) {
      // It is not there, or another process removes it too.
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  /** Removes a step that nobody has open, whatever its root is now. */
  static void discard(Path folder, Options options) throws IOException {
    Storage storage = options.storage();
    try (OpenResources open = new OpenResources()) {
      ControlPlace place = place(storage, folder, -1, open);
      try {
        requireStep(storage, place);
      } catch (CorruptJournalException e) {
        throw new DamagedStepException(folder.toString(), e);
      }
      ControlLock lock = ControlLock.take(storage, place);
      open.add(lock::close);
      remove(storage, place);
    }
  }

  // Whatever else has the name is not removed.
  private static void requireStep(Storage storage, ControlPlace place) throws IOException {
    int folder;
    try {
      folder = storage.open(place.parentFd(), place.name(), FOLDER, 0);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
        throw new UnusableRootException(place + " is no step: give the folder of one", e);
      }
      throw e;
    }
    try {
      FormatFile.check(storage, folder, RootIdFile.read(storage, folder).id());
    } finally {
      storage.close(folder);
    }
  }

  RootId id() {
    return control.rootId();
  }

  String name() {
    return path.toString();
  }

  /** Where what its layers have spilled can be read. */
  ApplyTarget target() {
    return target;
  }

  EngineParts parts() {
    return parts;
  }

  JournalWriter journal() {
    return journal;
  }

  /** The layers that were parked before, oldest first. */
  List<ChangeSet> layers() {
    return layers;
  }

  /** Number of the last record, or 0. */
  long lastRecord() {
    return lastRecord;
  }

  @Override
  public void close() throws IOException {
    open.close();
  }
}
