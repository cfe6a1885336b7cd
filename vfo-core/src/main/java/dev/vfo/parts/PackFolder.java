package dev.vfo.parts;

import dev.vfo.CorruptJournalException;
import dev.vfo.journal.OpenFile;
import dev.vfo.journal.RootId;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code .vfo/parts} and the packs in it that are open. It is made with the first pack.
 * One thread at a time changes it; {@link #get} may be called meanwhile.
 */
final class PackFolder implements AutoCloseable {
  private static final Name FOLDER = Name.of("parts");
  private static final String SUFFIX = ".pack";
  private static final int DIGITS = 10;
  private static final int FOLDER_MODE = 0700;

  private final Storage storage;
  private final int controlFd;
  private final RootId rootId;
  private final Map<Long, Pack> packs = new ConcurrentSkipListMap<>();
  private final int openFlags;
  private int folderFd = -1;

  /**
   * @param writable false to open what there is for reading only
   */
  PackFolder(Storage storage, int controlFd, RootId rootId, boolean writable) {
    this.openFlags = writable ? OpenFlag.READ | OpenFlag.WRITE : OpenFlag.READ;
    this.storage = storage;
    this.controlFd = controlFd;
    this.rootId = rootId;
  }

  /** How messages name a pack. */
  static String path(long number) {
    return FOLDER + "/" + name(number);
  }

  private static Name name(long number) {
    return Name.of(String.format(Locale.ROOT, "%010d", number) + SUFFIX);
  }

  private static long numberOf(Name name) {
    String text = name.toString();
    boolean pack = text.matches("[0-9]{" + DIGITS + "}\\" + SUFFIX);
    return pack ? Long.parseLong(text.substring(0, DIGITS)) : -1;
  }

  RootId rootId() {
    return rootId;
  }

  private boolean openFolder() throws StorageException {
    if (folderFd >= 0) {
      return true;
    }
    try {
      folderFd = storage.open(controlFd, FOLDER, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
      return true;
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return false;
      }
      throw e;
    }
  }

  private void makeFolder() throws StorageException {
    if (openFolder()) {
      return;
    }
    storage.makeDirectory(controlFd, FOLDER, FOLDER_MODE);
    openFolder();
  }

  /** Opens a pack that must be there. */
  Pack open(long number) throws IOException {
    try {
      if (openFolder()) {
        Pack pack = openPack(number, openFlags);
        checkHeader(pack);
        return pack;
      }
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
    throw new CorruptJournalException(path(number), 0, "the file is missing");
  }

  private void checkHeader(Pack pack) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(PackFormat.BLOCK_BYTES);
      pack.read(block, 0);
      PackFormat.checkHeader(rootId, pack.number(), block);
    }
  }

  /** Makes a pack, in place of any file of that name; nothing of it is durable yet. */
  Pack create(long number) throws StorageException {
    makeFolder();
    close(number);
    Pack pack =
        openPack(number, OpenFlag.READ | OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.TRUNCATE);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(PackFormat.BLOCK_BYTES);
      PackFormat.encodeHeader(rootId, number, block);
      pack.write(block, 0);
    }
    return pack;
  }

  private Pack openPack(long number, int flags) throws StorageException {
    Pack pack = new Pack(OpenFile.open(storage, folderFd, name(number), flags), number);
    packs.put(number, pack);
    return pack;
  }

  /** Makes the names of the packs durable. */
  void sync() throws StorageException {
    storage.sync(folderFd);
    storage.sync(controlFd);
  }

  /** A pack that is open, or null. */
  @Nullable Pack get(long number) {
    return packs.get(number);
  }

  /** Removes a pack that nobody needs. */
  void remove(long number) throws StorageException {
    close(number);
    if (!openFolder()) {
      return;
    }
    try {
      storage.unlink(folderFd, name(number));
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  /** The numbers of all packs that there are, whether open or not. */
  List<Long> numbers() throws StorageException {
    List<Long> numbers = new ArrayList<>();
    if (openFolder()) {
      storage.list(
          folderFd,
          (name, inode, type) -> {
            long number = numberOf(name);
            if (number >= 0) {
              numbers.add(number);
            }
            return true;
          });
    }
    return numbers;
  }

  private void close(long number) throws StorageException {
    Pack pack = packs.remove(number);
    if (pack != null) {
      pack.close();
    }
  }

  @Override
  public void close() throws StorageException {
    for (Long number : new ArrayList<>(packs.keySet())) {
      close(number);
    }
    if (folderFd >= 0) {
      storage.close(folderFd);
      folderFd = -1;
    }
  }
}
