package dev.vfo;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.harness.ForwardingStorage;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** File systems that lack one thing that VFO needs. */
final class Lacking {
  private Lacking() {}

  private static StorageException unsupported(String what) {
    return new StorageException(Errno.EOPNOTSUPP, what, "this file system");
  }

  /** By what they lack, in the words of the refusal. */
  static Map<String, Function<Storage, Storage>> all() {
    Map<String, Function<Storage, Storage>> all = new LinkedHashMap<>();
    all.put("files can be written and synced, with their names", WithoutDataSync::new);
    all.put("space can be reserved", WithoutAllocate::new);
    all.put("locks keep others out", WithoutLocks::new);
    all.put("modes are kept", WithoutModes::new);
    all.put("names are byte strings of up to 255 bytes", WithoutBytes::new);
    all.put("upper and lower case are told apart", WithoutCase::new);
    all.put("files have more than one name", WithoutLinks::new);
    all.put("symbolic links", WithoutSymlinks::new);
    all.put("FIFOs", WithoutFifos::new);
    all.put("renames that do not replace", disk -> new Renames(disk, RenameMode.NO_REPLACE));
    all.put("names can be exchanged", disk -> new Renames(disk, RenameMode.EXCHANGE));
    all.put("open files live on without a name", LosingOpenFiles::new);
    all.put("a new file is told from the one that had its number", WithoutGenerations::new);
    return all;
  }

  private static final class WithoutDataSync extends ForwardingStorage {
    WithoutDataSync(Storage target) {
      super(target);
    }

    @Override
    public void dataSync(int fd) throws StorageException {
      throw unsupported("sync");
    }
  }

  private static final class WithoutAllocate extends ForwardingStorage {
    WithoutAllocate(Storage target) {
      super(target);
    }

    @Override
    public void allocate(int fd, long offset, long lengthBytes, boolean keepSize)
        throws StorageException {
      throw unsupported("allocate");
    }
  }

  private static final class WithoutLocks extends ForwardingStorage {
    WithoutLocks(Storage target) {
      super(target);
    }

    @Override
    public boolean tryLock(int fd) {
      return true;
    }
  }

  private static final class WithoutModes extends ForwardingStorage {
    WithoutModes(Storage target) {
      super(target);
    }

    @Override
    public void changeMode(int fd, int mode) {}
  }

  /** As one that takes only names that are UTF-8. */
  private static final class WithoutBytes extends ForwardingStorage {
    WithoutBytes(Storage target) {
      super(target);
    }

    @Override
    public int open(int directory, Name name, int flags, int mode) throws StorageException {
      if (name.bytes()[0] < 0) {
        throw new StorageException(Errno.EINVAL, "open", name.toString());
      }
      return super.open(directory, name, flags, mode);
    }
  }

  private static final class WithoutCase extends ForwardingStorage {
    WithoutCase(Storage target) {
      super(target);
    }

    @Override
    public FileStat stat(int directory, Name name) throws StorageException {
      return super.stat(
          directory,
          name.toString().equals("CASE")
              ? Name.of(name.toString().toLowerCase(Locale.ROOT))
              : name);
    }
  }

  private static final class WithoutLinks extends ForwardingStorage {
    WithoutLinks(Storage target) {
      super(target);
    }

    @Override
    public void link(int fromDirectory, Name from, int toDirectory, Name to)
        throws StorageException {
      throw unsupported("link");
    }
  }

  private static final class WithoutSymlinks extends ForwardingStorage {
    WithoutSymlinks(Storage target) {
      super(target);
    }

    @Override
    public byte[] readSymlink(int directory, Name name) {
      return "elsewhere".getBytes(StandardCharsets.UTF_8);
    }
  }

  private static final class WithoutFifos extends ForwardingStorage {
    WithoutFifos(Storage target) {
      super(target);
    }

    @Override
    public void makeNode(int directory, Name name, FileType type, int mode, long device)
        throws StorageException {
      throw unsupported("make node");
    }
  }

  private static final class Renames extends ForwardingStorage {
    private final RenameMode lacking;

    Renames(Storage target, RenameMode lacking) {
      super(target);
      this.lacking = lacking;
    }

    @Override
    public void rename(int from, Name fromName, int to, Name toName, RenameMode mode)
        throws StorageException {
      super.rename(from, fromName, to, toName, mode == lacking ? RenameMode.REPLACE : mode);
    }
  }

  /** As a server does that knows files by their names only. */
  private static final class LosingOpenFiles extends ForwardingStorage {
    private boolean isLost;

    LosingOpenFiles(Storage target) {
      super(target);
    }

    @Override
    public void unlink(int directory, Name name) throws StorageException {
      isLost |= name.toString().equals("open");
      super.unlink(directory, name);
    }

    @Override
    public long read(int fd, MemorySegment target, long offset) throws StorageException {
      if (isLost) {
        throw new StorageException(Errno.ESTALE, "read", "open");
      }
      return super.read(fd, target, offset);
    }
  }

  /** Gives the number of a file to the next one, as ext4 does, and tells nothing else of them. */
  private static final class WithoutGenerations extends ForwardingStorage {
    private static final FileIdentity SAME = new FileIdentity(7, 0);

    private int newFile = -1;

    WithoutGenerations(Storage target) {
      super(target);
    }

    @Override
    public int open(int directory, Name name, int flags, int mode) throws StorageException {
      int fd = super.open(directory, name, flags, mode);
      newFile = name.toString().equals("new") ? fd : newFile;
      return fd;
    }

    @Override
    public FileStat stat(int fd) throws StorageException {
      FileStat stat = super.stat(fd);
      return fd == newFile ? Identities.withIdentity(stat, SAME) : stat;
    }

    @Override
    public FileStat stat(int directory, Name name) throws StorageException {
      FileStat stat = super.stat(directory, name);
      return name.toString().equals("new") ? Identities.withIdentity(stat, SAME) : stat;
    }
  }
}
