package dev.vfo.checkpoint;

import dev.vfo.Options;
import dev.vfo.UnusableRootException;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileSystemStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Opens a root directory and says why it cannot be managed, before anything is written. */
final class RootCheck {
  private static final Name FORMAT = Name.of("format");

  /** File systems that lack what C1 to C14 assume, or that other machines write to. */
  private static final Set<String> NOT_SERVED =
      Set.of(
          "nfs",
          "nfs4",
          "cifs",
          "smb",
          "smb2",
          "smb3",
          "fuse",
          "fuseblk",
          "vfat",
          "msdos",
          "fat",
          "exfat",
          "ntfs",
          "ntfs3",
          "9p",
          "proc",
          "sysfs",
          "cgroup",
          "cgroup2",
          "iso9660",
          "squashfs",
          "afs",
          "ceph",
          "v9fs");

  private RootCheck() {}

  /** The root, open for reading; closed by the caller. */
  static int open(Options options, Path root) throws IOException {
    Storage storage = options.storage();
    int fd;
    try {
      fd = storage.openRoot(root);
    } catch (StorageException e) {
      throw switch (e.errno()) {
        case ENOENT ->
            new UnusableRootException(root + " does not exist: make the directory first", e);
        case ENOTDIR -> new UnusableRootException(root + " is not a directory: give the folder", e);
        case EACCES, EPERM ->
            new UnusableRootException(
                root + " cannot be read, permission denied: open it as its owner", e);
        default -> e;
      };
    }
    boolean good = false;
    try {
      check(options, root, fd);
      good = true;
      return fd;
    } finally {
      if (!good) {
        storage.close(fd);
      }
    }
  }

  private static void check(Options options, Path root, int fd)
      throws UnusableRootException, StorageException {
    FileSystemStat fileSystem = options.storage().fileSystemStat(fd);
    boolean isServed = !NOT_SERVED.contains(fileSystem.typeName());
    if (!isServed && !options.unsupportedFileSystem()) {
      throw new UnusableRootException(
          root
              + " is on "
              + fileSystem.typeName()
              + ", which cannot keep what VFO promises: use a local ext4, xfs or btrfs");
    }
    if (fileSystem.readOnly()) {
      throw new UnusableRootException(
          root + " is on a read-only file system: mount it for writing");
    }
    checkNesting(options.storage(), root, fd);
    if (!isServed) {
      probe(options.storage(), root, fd, fileSystem.typeName());
    }
  }

  private static void probe(Storage storage, Path root, int fd, String type)
      throws UnusableRootException, StorageException {
    List<String> missing = new FileSystemProbe(storage, fd).run();
    if (!missing.isEmpty()) {
      throw new UnusableRootException(
          root
              + " is on "
              + type
              + ", where this does not hold: "
              + String.join("; ", missing)
              + ": use a local ext4, xfs or btrfs");
    }
  }

  private static void checkNesting(Storage storage, Path root, int fd)
      throws UnusableRootException, StorageException {
    int at = storage.openParent(fd);
    try {
      FileIdentity below = storage.stat(fd).identity();
      FileIdentity here = storage.stat(at).identity();
      while (!here.equals(below)) {
        if (isRoot(storage, at)) {
          throw new UnusableRootException(
              root + " lies inside another root, which manages it: open that one instead");
        }
        int above = storage.openParent(at);
        storage.close(at);
        at = above;
        below = here;
        here = storage.stat(at).identity();
      }
    } finally {
      storage.close(at);
    }
  }

  private static boolean isRoot(Storage storage, int directory) throws StorageException {
    try {
      int control =
          storage.open(directory, ControlFolder.NAME, OpenFlag.PATH | OpenFlag.DIRECTORY, 0);
      try {
        storage.stat(control, FORMAT);
        return true;
      } finally {
        storage.close(control);
      }
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.EACCES) {
        return false;
      }
      throw e;
    }
  }
}
