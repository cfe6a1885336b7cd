package dev.vfo.checkpoint;

import dev.vfo.CopiedRootException;
import dev.vfo.CorruptJournalException;
import dev.vfo.NoSpaceException;
import dev.vfo.UnusableRootException;
import dev.vfo.apply.StageNames;
import dev.vfo.journal.AcknowledgedCell;
import dev.vfo.journal.AppliedMark;
import dev.vfo.journal.FormatFile;
import dev.vfo.journal.RecordsLink;
import dev.vfo.journal.RootId;
import dev.vfo.journal.RootIdFile;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.XattrNames;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code .vfo} of a root, locked and open. Made on the first open; the file {@code
 * format} is made last.
 */
final class ControlFolder implements AutoCloseable {
  /** Its name in the root, which programs never see. */
  static final Name NAME = Name.of(".vfo");

  private static final Name FORMAT = Name.of("format");
  private static final Name JOURNAL = Name.of("journal");
  private static final Name STAGE = Name.of("stage");
  private static final Name STATE = Name.of("state");
  private static final Name IGNORE = Name.of(".gitignore");
  private static final int PRIVATE = 0700;
  private static final int PRIVATE_FILE = 0600;
  private static final int FOLDER = OpenFlag.READ | OpenFlag.DIRECTORY;

  private final Storage storage;
  private final ControlPlace place;
  private final List<Integer> open = new ArrayList<>();
  private @Nullable ControlLock lock;
  private @Nullable RecordPlace elsewhere;
  private int fd;
  private int recordsFd;
  private int journalFd;
  private int stageFd;
  private int stateFd;
  private RootId rootId = new RootId(0, 0);
  private boolean moved;

  private ControlFolder(Storage storage, ControlPlace place) {
    this.storage = storage;
    this.place = place;
  }

  /** Opens the folder of a root that was found usable, and makes it when there is none. */
  static ControlFolder open(Storage storage, ControlPlace place, RandomGenerator random)
      throws IOException {
    ControlFolder folder = new ControlFolder(storage, place);
    boolean opened = false;
    try {
      folder.openOrMake(random);
      opened = true;
      return folder;
    } catch (StorageException e) {
      throw folder.explained(e);
    } finally {
      if (!opened) {
        folder.close();
      }
    }
  }

  private IOException explained(StorageException e) {
    if (e.isNoSpace()) {
      return new NoSpaceException(
          place + ": the disk is too full for the folder " + place.name() + "; make room", e);
    }
    return switch (e.errno()) {
      case EROFS, EACCES, EPERM ->
          new UnusableRootException(
              place
                  + ": its folder "
                  + place.name()
                  + " cannot be used, "
                  + e.errno().text()
                  + ": make the root writable, and open it as the user who owns "
                  + place.name(),
              e);
      default -> e;
    };
  }

  private void openOrMake(RandomGenerator random) throws IOException {
    ControlLock taken = ControlLock.take(storage, place);
    lock = taken;
    fd = taken.fd();
    if (exists(fd, FORMAT)) {
      check();
      findRecords();
      openChecked();
      return;
    }
    makeDirectory(fd, STAGE);
    chooseRecords();
    makeDirectory(recordsFd, JOURNAL);
    makeDirectory(recordsFd, STATE);
    openFolders();
    makeDirectory(stageFd, StageNames.ORPHANS);
    requireNoSegments(journalFd);
    try {
      fill(random);
    } catch (StorageException e) {
      // With a format file the folder is whole; half-removed it could come back as a damaged one
      // (C4).
      if (taken.made() && e.isNoSpace() && !exists(fd, FORMAT)) {
        removeAll(e);
      }
      throw e;
    }
  }

  private void chooseRecords() throws IOException {
    Path linked = RecordsLink.read(storage, fd);
    Path path = place.records() == null ? linked : place.records();
    recordsFd = fd;
    if (path != null) {
      if (exists(fd, JOURNAL)) {
        int inside = storage.open(fd, JOURNAL, FOLDER, 0);
        try {
          requireNoSegments(inside);
        } finally {
          storage.close(inside);
        }
      }
      openRecords(path).requireFree();
    }
  }

  private RecordPlace openRecords(Path path) throws IOException {
    RecordPlace records = RecordPlace.open(storage, place, path);
    elsewhere = records;
    recordsFd = records.fd();
    return records;
  }

  private void findRecords() throws IOException {
    Path linked = RecordsLink.read(storage, fd);
    Path asked = place.records();
    if (linked == null && asked != null) {
      throw new UnusableRootException(
          place
              + " has its journal in "
              + place.name()
              + ", not in "
              + asked
              + ": open it without, or detach it first");
    }
    recordsFd = fd;
    if (linked != null) {
      RecordPlace records = openRecords(asked == null ? linked : asked);
      records.check(rootId);
      if (!records.isAt(linked)) {
        records.link(fd);
        storage.sync(fd);
      }
    }
  }

  /** Says in which process the root is open, now that it can be. */
  void announce(long pid) throws StorageException {
    writeText(ControlLock.PID, pid + "\n");
  }

  private void openChecked() throws IOException {
    requireFolder(recordsFd, JOURNAL);
    requireFolder(fd, STAGE);
    requireFolder(recordsFd, STATE);
    openFolders();
  }

  private void requireFolder(int directory, Name folder) throws IOException {
    if (!exists(directory, folder)) {
      throw new CorruptJournalException(folder.toString(), 0, "the folder is missing");
    }
  }

  private void openFolders() throws StorageException {
    journalFd = keep(storage.open(recordsFd, JOURNAL, FOLDER, 0));
    stageFd = keep(storage.open(fd, STAGE, FOLDER, 0));
    removeDefaultList(stageFd);
    stateFd = keep(storage.open(recordsFd, STATE, FOLDER, 0));
  }

  /**
   * What apply makes here is for other directories: it must not get the access control list that
   * the root, say, has for what is made in it.
   */
  private void removeDefaultList(int folder) throws StorageException {
    try {
      storage.getXattr(folder, XattrNames.DEFAULT_LIST);
      storage.removeXattr(folder, XattrNames.DEFAULT_LIST);
    } catch (StorageException e) {
      if (e.errno() != Errno.ENODATA && e.errno() != Errno.EOPNOTSUPP) {
        throw e;
      }
    }
  }

  private void check() throws IOException {
    RootIdFile file = RootIdFile.read(storage, fd);
    rootId = file.id();
    FormatFile.check(storage, fd, rootId);
    // It was found, but perhaps only in memory: the process that made it may have been killed
    // before its sync. What is built on it
    // must not outlive it (C3, C15).
    storage.sync(fd);
    storage.sync(place.parentFd());
    moved = !file.directory().equals(storage.stat(place.rootFd()).identity());
  }

  private void fill(RandomGenerator random) throws StorageException {
    rootId = RootId.random(random);
    FileIdentity identity = storage.stat(place.rootFd()).identity();
    writeText(IGNORE, "*\n");
    new RootIdFile(rootId, identity).create(storage, fd);
    AcknowledgedCell.create(storage, recordsFd, rootId);
    RecordPlace records = elsewhere;
    if (records != null) {
      records.create(rootId);
      records.link(fd);
    }
    AppliedMark.create(storage, fd, rootId);
    FormatFile.create(storage, fd, rootId);
    storage.sync(fd);
    storage.sync(place.parentFd());
  }

  // Without its format file, a folder that has a journal was damaged, not left half-made.
  private void requireNoSegments(int folder) throws IOException {
    boolean[] found = {false};
    storage.list(
        folder,
        (name, inode, type) -> {
          found[0] = name.toString().endsWith(".seg");
          return !found[0];
        });
    if (found[0]) {
      throw new CorruptJournalException("format", 0, "the file is missing");
    }
  }

  /** Whether the root is another directory than the one that the folder was made for. */
  boolean isMoved() {
    return moved;
  }

  /**
   * Says that the root is another directory than the one that its journal was written for, unless
   * nothing waits to be applied: then the root is given its new identity.
   */
  void adoptIfMoved(boolean hasUnappliedLayers) throws IOException {
    if (!moved) {
      return;
    }
    if (hasUnappliedLayers) {
      throw new CopiedRootException(
          place
              + " is a copy, or was moved from another file system, and its journal holds"
              + " checkpoints that only the original can take: run 'vfo recover' on the original and"
              + " copy it again, or delete .vfo here to keep the files as they are now");
    }
    new RootIdFile(rootId, storage.stat(place.rootFd()).identity()).create(storage, fd);
    moved = false;
  }

  // Best effort on a disk that is full: what is left is completed by the next open.
  private void removeAll(StorageException cause) {
    try {
      storage.removeDirectory(stageFd, StageNames.ORPHANS);
      removeAll();
    } catch (StorageException e) {
      cause.addSuppressed(e);
    }
  }

  private void removeAll() throws StorageException {
    List<Name> files = new ArrayList<>();
    List<Name> folders = new ArrayList<>();
    storage.list(
        fd,
        (name, inode, type) -> {
          (type == FileType.DIRECTORY ? folders : files).add(name);
          return true;
        });
    for (Name name : files) {
      storage.unlink(fd, name);
    }
    for (Name name : folders) {
      storage.removeDirectory(fd, name);
    }
    storage.removeDirectory(place.parentFd(), place.name());
  }

  private void makeDirectory(int directory, Name name) throws StorageException {
    try {
      storage.makeDirectory(directory, name, PRIVATE);
    } catch (StorageException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
  }

  private boolean exists(int directory, Name name) throws StorageException {
    try {
      storage.stat(directory, name);
      return true;
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return false;
      }
      throw e;
    }
  }

  private void writeText(Name name, String text) throws StorageException {
    int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.TRUNCATE;
    int file = storage.open(fd, name, flags, PRIVATE_FILE);
    try (Arena arena = Arena.ofConfined()) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      MemorySegment memory = arena.allocate(bytes.length);
      memory.copyFrom(MemorySegment.ofArray(bytes));
      long done = 0;
      while (done < bytes.length) {
        done += storage.write(file, memory.asSlice(done), done);
      }
    } finally {
      storage.close(file);
    }
  }

  private int keep(int opened) {
    open.add(opened);
    return opened;
  }

  RootId rootId() {
    return rootId;
  }

  int fd() {
    return fd;
  }

  /** Descriptor of the folder that has the journal's and the states' folders. */
  int recordsFd() {
    return recordsFd;
  }

  int journalFd() {
    return journalFd;
  }

  int stageFd() {
    return stageFd;
  }

  int stateFd() {
    return stateFd;
  }

  @Override
  public void close() throws IOException {
    while (!open.isEmpty()) {
      storage.close(open.removeLast());
    }
    if (elsewhere != null) {
      elsewhere.close();
      elsewhere = null;
    }
    if (lock != null) {
      lock.close();
      lock = null;
    }
  }
}
