package dev.vfo.spill;

import dev.vfo.VfoException;
import dev.vfo.journal.OpenFile;
import dev.vfo.journal.RootId;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/** The spill files of a manager, in its stage. Thread safe. */
public final class SpillFolder implements AutoCloseable {
  // Truncated: nobody needs what an earlier try may have left.
  private static final int NEW =
      OpenFlag.READ | OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.TRUNCATE;

  private final Storage storage;
  private final int folderFd;
  private final RootId rootId;
  private final LongFunction<Name> names;
  private final LongSupplier freeBytes;
  private final Set<SpillFile> files = new HashSet<>();
  private long bytes;
  private boolean closed;

  /**
   * @param folderFd the stage
   * @param names the name of a layer's spill file
   * @param freeBytes how much all spill files together may take
   */
  public SpillFolder(
      Storage storage,
      int folderFd,
      RootId rootId,
      LongFunction<Name> names,
      LongSupplier freeBytes) {
    this.storage = storage;
    this.folderFd = folderFd;
    this.rootId = rootId;
    this.names = names;
    this.freeBytes = freeBytes;
  }

  /** Makes the spill file of a layer that has none. */
  public synchronized SpillFile create(long layer) throws StorageException {
    Name name = names.apply(layer);
    requireOpen(name);
    requireRoom(SpillFile.BLOCK_BYTES, name);
    OpenFile file = OpenFile.open(storage, folderFd, name, NEW);
    try (Arena arena = Arena.ofConfined()) {
      storage.allocate(file.fd(), 0, SpillFile.BLOCK_BYTES, false);
      MemorySegment header = arena.allocate(SpillFile.BLOCK_BYTES);
      SpillFormat.encodeHeader(rootId, layer, header);
      file.write(header, 0, 1);
    } catch (StorageException e) {
      discard(file, name, e);
      throw e;
    }
    return enter(new SpillFile(this, name, file, SpillFile.BLOCK_BYTES), SpillFile.BLOCK_BYTES);
  }

  private void discard(OpenFile file, Name name, StorageException reason) {
    try (file) {
      storage.unlink(folderFd, name);
    } catch (StorageException e) {
      reason.addSuppressed(e);
    }
  }

  /**
   * Opens the spill file of a committed layer; nothing is added to it any more.
   *
   * @throws VfoException when it is missing, or not this layer's
   */
  public synchronized SpillFile open(long layer) throws StorageException, VfoException {
    Name name = names.apply(layer);
    requireOpen(name);
    SpillReader.open(storage, folderFd, name, rootId, layer).close();
    OpenFile file = OpenFile.open(storage, folderFd, name, OpenFlag.READ);
    boolean opened = false;
    try {
      long size = storage.stat(file.fd()).sizeBytes();
      SpillFile spill = enter(new SpillFile(this, name, file, size), size);
      opened = true;
      return spill;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  private SpillFile enter(SpillFile file, long sizeBytes) {
    files.add(file);
    bytes += sizeBytes;
    return file;
  }

  private void requireOpen(Name name) throws StorageException {
    if (closed) {
      throw new StorageException(Errno.EBADF, "open", ".vfo/stage/" + name + ", after closing");
    }
  }

  /** Refuses, as a full disk does, what would go over the bound. */
  synchronized void requireRoom(long moreBytes, Name name) throws StorageException {
    if (moreBytes > freeBytes.getAsLong() - bytes) {
      throw new StorageException(
          Errno.ENOSPC,
          "spill",
          "to .vfo/stage/"
              + name
              + " (the bound for .vfo is reached: checkpoint more often, or"
              + " raise diskBytes)");
    }
  }

  synchronized void add(long moreBytes) {
    bytes += moreBytes;
  }

  synchronized void forget(SpillFile file) {
    if (files.remove(file)) {
      bytes -= file.sizeBytes();
    }
  }

  void sync() throws StorageException {
    storage.sync(folderFd);
  }

  void remove(Name name) throws StorageException {
    storage.unlink(folderFd, name);
  }

  /** What all of them take, bytes. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Whether one of them cannot be relied on any more. */
  public synchronized boolean isDamaged() {
    return files.stream().anyMatch(file -> file.damage() != null);
  }

  /** Closes all, and leaves them where they are; none is opened from then on. */
  @Override
  public void close() {
    List<SpillFile> open;
    synchronized (this) {
      closed = true;
      open = List.copyOf(files);
    }
    open.forEach(SpillFile::close);
  }
}
