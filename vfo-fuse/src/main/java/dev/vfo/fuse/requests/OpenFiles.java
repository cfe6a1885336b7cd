package dev.vfo.fuse.requests;

import dev.vfo.VirtualFile;
import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The files that programs have open, by the number that the kernel was given. Thread safe. */
public final class OpenFiles {
  private final Map<Long, Open> byHandle = new ConcurrentHashMap<>();
  private final AtomicLong next = new AtomicLong(1);

  /** Files of which written pages did not get here, each with the reason. */
  private final Map<Long, Exception> lost = new ConcurrentHashMap<>();

  private record Open(VirtualFile file, boolean writes) {}

  /** Takes a file; returns its number. */
  long add(VirtualFile file, boolean writes) {
    long handle = next.getAndIncrement();
    byHandle.put(handle, new Open(file, writes));
    return handle;
  }

  /** The file of a number; EBADF when it has none. */
  VirtualFile get(long handle) throws StorageException {
    Open open = byHandle.get(handle);
    if (open == null) {
      throw new StorageException(Errno.EBADF, "use", "FUSE handle " + handle);
    }
    return open.file();
  }

  /** Closes a file. */
  void close(long handle) throws IOException {
    Open open = byHandle.remove(handle);
    if (open != null) {
      open.file().close();
    }
  }

  /**
   * The entries that are open for writing: those, and no others, can have written pages that the
   * kernel still keeps, for what is mapped counts as open.
   */
  public Set<Long> written() {
    Set<Long> entries = new TreeSet<>();
    for (Open open : byHandle.values()) {
      if (open.writes()) {
        entries.add(open.file().number());
      }
    }
    return entries;
  }

  /** Takes note that a file lacks what a program has written, without having been told. */
  void lost(long entry, Exception why) {
    lost.putIfAbsent(entry, why);
  }

  /**
   * Requires that all that the kernel has written back got here.
   *
   * @throws IOException when something did not: the step lacks what a program has written to it
   */
  public void requireNothingLost() throws IOException {
    for (Map.Entry<Long, Exception> each : lost.entrySet()) {
      String what = "what a program wrote to entry " + each.getKey() + " is lost: ";
      throw new IOException(what + each.getValue().getMessage(), each.getValue());
    }
  }

  /** Closes all. */
  public void closeAll() throws IOException {
    for (long handle : byHandle.keySet()) {
      close(handle);
    }
  }
}
