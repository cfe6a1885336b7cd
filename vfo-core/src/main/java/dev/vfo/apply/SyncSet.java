package dev.vfo.apply;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What has to become durable, and how: a few files and directories each by itself (C2, C3), through
 * descriptors that are kept from the write to the sync, so that no error of the kernel's own
 * writing gets lost between; or all of the file system at once (C10), for many, and for what cannot
 * be opened (C14).
 */
final class SyncSet implements AutoCloseable {
  /** Up to so many are synced one by one. */
  static final int MAX_SINGLE = 64;

  private final ApplyTarget target;
  private final Map<Entry, Integer> kept = new LinkedHashMap<>();
  private boolean isWhole;

  SyncSet(ApplyTarget target, int count) {
    this.target = target;
    this.isWhole = count > MAX_SINGLE;
  }

  /** Whether all of the file system is going to be synced. */
  boolean isWhole() {
    return isWhole;
  }

  void useWhole() {
    isWhole = true;
  }

  /** Takes over a descriptor, or closes it when it is not needed. */
  void add(Entry entry, int fd) throws StorageException {
    if (isWhole || kept.containsKey(entry)) {
      target.storage().close(fd);
    } else {
      kept.put(entry, fd);
    }
  }

  /**
   * Adds a file or directory by its name. To be called before its attributes are set: they might
   * lock us out.
   */
  void addNamed(Entry entry, int directoryFd, Name name) throws StorageException {
    boolean isDirectory = entry.isDirectory();
    if (!isDirectory && entry.change.type() != FileType.REGULAR) {
      isWhole = true;
    }
    if (!isWhole && !kept.containsKey(entry)) {
      int kind = isDirectory ? OpenFlag.DIRECTORY : 0;
      try {
        add(entry, target.storage().open(directoryFd, name, OpenFlag.READ | kind, 0));
      } catch (StorageException e) {
        if (e.errno() != Errno.EACCES) {
          throw e;
        }
        isWhole = true;
      }
    }
  }

  /** Adds a directory by a descriptor of it that stays with the caller. */
  void addOpen(Entry directory, int fd) throws StorageException {
    if (!isWhole && !kept.containsKey(directory)) {
      try {
        add(directory, target.storage().reopen(fd, OpenFlag.READ | OpenFlag.DIRECTORY));
      } catch (StorageException e) {
        if (e.errno() != Errno.EACCES) {
          throw e;
        }
        isWhole = true;
      }
    }
  }

  /** Makes everything durable that was added. */
  void sync() throws StorageException {
    if (isWhole) {
      target.storage().syncFileSystem(target.fileSystemFd());
      return;
    }
    for (int fd : kept.values()) {
      target.storage().sync(fd);
    }
  }

  @Override
  public void close() throws StorageException {
    while (!kept.isEmpty()) {
      Entry last = kept.keySet().iterator().next();
      Integer fd = kept.remove(last);
      if (fd != null) {
        target.storage().close(fd);
      }
    }
  }
}
