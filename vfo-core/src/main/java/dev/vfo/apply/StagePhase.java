package dev.vfo.apply;

import dev.vfo.changes.EntryChange;
import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.Extent;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;

/**
 * Phase (a): makes every new object in the layer's folder of the stage, whole but for the mode and
 * times of directories, and durable. Repeated from the start: what an earlier try left is removed
 * first, which is right as long as there is no plan.
 */
class StagePhase {
  private static final int FILE_MODE = 0600;
  private static final int DIRECTORY_MODE = 0700;

  private final ApplyContext context;
  private final Storage storage;
  private final int folderFd;

  StagePhase(ApplyContext context) {
    this.context = context;
    this.storage = context.target().storage();
    this.folderFd = context.folders().layerFd;
  }

  void run() throws StorageException {
    Folders.empty(storage, folderFd);
    boolean whole = isSyncedAsAWhole();
    boolean any = false;
    for (Entry entry : context.tree().entries()) {
      if (entry.isStaged()) {
        any = true;
        make(entry, whole);
      }
    }
    if (any) {
      syncFolders(whole);
    }
  }

  private boolean isSyncedAsAWhole() {
    int count = 0;
    for (Entry entry : context.tree().entries()) {
      if (entry.isStaged()) {
        count++;
        if (!entry.isDirectory() && entry.change.type() != FileType.REGULAR) {
          return true;
        }
      }
    }
    return count > SyncSet.MAX_SINGLE;
  }

  private void make(Entry entry, boolean whole) throws StorageException {
    Name name = StageNames.object(entry.number());
    try {
      switch (entry.change.type()) {
        case REGULAR -> makeFile(entry.change, name, whole);
        case DIRECTORY -> makeDirectory(entry.change, name, whole);
        case SYMLINK -> makeSymlink(entry.change, name);
        case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> makeNode(entry.change, name);
      }
      FileStat made = storage.stat(folderFd, name);
      context.tree().identify(entry, made.identity());
      entry.setFound(made);
    } catch (StorageException e) {
      throw context.errors().at("make", context.tree().path(entry), e);
    }
  }

  private void makeFile(EntryChange change, Name name, boolean whole) throws StorageException {
    int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE;
    try (OpenFile file = OpenFile.open(storage, folderFd, name, flags, FILE_MODE)) {
      Data data = change.data();
      if (data != null) {
        writeContent(file, data);
      }
      Adjuster.set(storage, folderFd, name, change, change.attributes().mask());
      if (!whole) {
        storage.sync(file.fd());
      }
    }
  }

  private void writeContent(OpenFile file, Data data) throws StorageException {
    long end = 0;
    for (Extent extent : data.extents()) {
      context.content().write(extent, file);
      end = extent.offset() + extent.lengthBytes();
    }
    if (end != data.sizeBytes()) {
      storage.truncate(file.fd(), data.sizeBytes());
    }
  }

  private void makeDirectory(EntryChange change, Name name, boolean whole) throws StorageException {
    storage.makeDirectory(folderFd, name, DIRECTORY_MODE);
    Adjuster.set(storage, folderFd, name, change, EntryChange.Attributes.OWNER);
    if (!whole) {
      int flags = OpenFlag.READ | OpenFlag.DIRECTORY;
      try (OpenFile directory = OpenFile.open(storage, folderFd, name, flags, 0)) {
        storage.sync(directory.fd());
      }
    }
  }

  private void makeSymlink(EntryChange change, Name name) throws StorageException {
    byte[] link = change.symlinkTarget();
    if (link == null) {
      throw new IllegalArgumentException("symbolic link without a target");
    }
    storage.makeSymlink(folderFd, name, link);
    Adjuster.set(storage, folderFd, name, change, change.attributes().mask());
  }

  private void makeNode(EntryChange change, Name name) throws StorageException {
    storage.makeNode(folderFd, name, change.type(), FILE_MODE, change.device());
    Adjuster.set(storage, folderFd, name, change, change.attributes().mask());
  }

  /**
   * The objects' names (C3), and the name of their folder: both before the plan, which relies on
   * them.
   */
  private void syncFolders(boolean whole) throws StorageException {
    if (whole) {
      storage.syncFileSystem(context.target().fileSystemFd());
    } else {
      storage.sync(folderFd);
      storage.sync(context.target().stageFd());
    }
  }
}
