package dev.vfo.checkpoint;

import dev.vfo.CorruptJournalException;
import dev.vfo.changes.StateBytes;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The folder {@code state}: bytes of states that are too long for a record, in a file each that is
 * named by its record's number and is durable before the record is written.
 */
final class StateStore {
  private static final int MODE = 0600;
  private static final String SUFFIX = ".state";

  private final Storage storage;
  private final int folderFd;

  /** Checkpoints that this process has stored a state for, and perhaps others' files. */
  private final List<Long> stored = new ArrayList<>();

  /** How long the files are that are known, bytes. */
  private final Map<Long, Long> lengths = new HashMap<>();

  StateStore(Storage storage, int folderFd) {
    this.storage = storage;
    this.folderFd = folderFd;
  }

  /** What a record is to say of its state; a long one is durable in its file when this returns. */
  StateBytes save(long record, byte[] bytes, byte[] manifest) throws StorageException {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    int crc = (int) checksum.getValue();
    if (bytes.length <= StateBytes.MAX_INLINE_BYTES) {
      return new StateBytes(bytes, false, bytes.length, crc, manifest);
    }
    stored.add(record);
    lengths.put(record, (long) bytes.length);
    write(name(record), bytes);
    return new StateBytes(new byte[0], true, bytes.length, crc, manifest);
  }

  private void write(Name name, byte[] bytes) throws StorageException {
    int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.TRUNCATE;
    int fd = storage.open(folderFd, name, flags, MODE);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(bytes.length);
      MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
      long done = 0;
      while (done < bytes.length) {
        done += storage.write(fd, memory.asSlice(done), done);
      }
      storage.sync(fd);
    } finally {
      storage.close(fd);
    }
    storage.sync(folderFd);
  }

  /** How long the files are, bytes. */
  long bytesOnDisk() {
    return lengths.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The bytes of the state that a record speaks of. */
  byte[] load(long record, StateBytes saved) throws IOException {
    if (saved.isStored()) {
      lengths.put(record, saved.lengthBytes());
    }
    byte[] bytes = saved.isStored() ? read(record, saved) : saved.inline();
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    if (bytes.length != saved.lengthBytes() || (int) checksum.getValue() != saved.checksum()) {
      throw new CorruptJournalException(path(record), 0, "not the state that was committed");
    }
    return bytes;
  }

  private byte[] read(long record, StateBytes saved) throws IOException {
    int fd;
    try {
      fd = storage.open(folderFd, name(record), OpenFlag.READ, 0);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        throw new CorruptJournalException(path(record), 0, "the file is missing");
      }
      throw e;
    }
    try (Arena arena = Arena.ofConfined()) {
      if (storage.stat(fd).sizeBytes() != saved.lengthBytes()) {
        throw new CorruptJournalException(path(record), 0, "the file has another length");
      }
      MemorySegment memory = arena.allocate(saved.lengthBytes());
      long done = 0;
      while (done < memory.byteSize()) {
        long count = storage.read(fd, memory.asSlice(done), done);
        if (count == 0) {
          throw new CorruptJournalException(path(record), done, "the file ends here");
        }
        done += count;
      }
      return memory.toArray(ValueLayout.JAVA_BYTE);
    } finally {
      storage.close(fd);
    }
  }

  /** Removes what is stored for records before one, without looking at the folder. */
  void removeOlder(long record) throws StorageException {
    while (!stored.isEmpty() && stored.getFirst() < record) {
      removeIfThere(name(stored.getFirst()));
      lengths.remove(stored.removeFirst());
    }
  }

  private void removeIfThere(Name name) throws StorageException {
    try {
      storage.unlink(folderFd, name);
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  /** Removes the states of all records but some. To be called at open. */
  void removeAllBut(Set<Long> records) throws StorageException {
    Map<Name, Long> kept = new HashMap<>();
    records.forEach(record -> kept.put(name(record), record));
    List<Name> others = new ArrayList<>();
    storage.list(
        folderFd,
        (name, inode, type) -> {
          Long record = kept.get(name);
          if (record != null) {
            stored.add(record);
          } else {
            others.add(name);
          }
          return true;
        });
    stored.sort(null);
    for (Name name : others) {
      storage.unlink(folderFd, name);
    }
  }

  private static Name name(long record) {
    return Name.of(HexFormat.of().toHexDigits(record) + SUFFIX);
  }

  private static String path(long record) {
    return "state/" + name(record);
  }
}
