package dev.vfo.fuse.requests;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The directories that programs have open, each with the list that it began to read. Thread safe.
 */
final class OpenDirectories {
  private final Map<Long, Open> byHandle = new ConcurrentHashMap<>();
  private final AtomicLong next = new AtomicLong(1);

  /**
   * One entry of a list.
   *
   * @param bytes the name as bytes
   * @param name the same; null for "." and "..", which are none
   * @param number the engine's number
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Listed(byte[] bytes, @Nullable Name name, long number, FileType type) {}

  /** One open directory. */
  static final class Open {
    private volatile @Nullable List<Listed> list;

    /** The list as of the instant when reading began; null before that. */
    @Nullable List<Listed> list() {
      return list;
    }

    void begin(List<Listed> begun) {
      list = begun;
    }
  }

  long add() {
    long handle = next.getAndIncrement();
    byHandle.put(handle, new Open());
    return handle;
  }

  Open get(long handle) throws StorageException {
    Open open = byHandle.get(handle);
    if (open == null) {
      throw new StorageException(Errno.EBADF, "use", "FUSE directory handle " + handle);
    }
    return open;
  }

  void close(long handle) {
    byHandle.remove(handle);
  }
}
