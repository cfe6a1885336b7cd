package dev.vfo;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.harness.ForwardingStorage;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The real disk, where one thread can be stopped just before a call, until it is let go on. */
final class StoppingStorage extends ForwardingStorage {
  /** A call that can be stopped at. */
  enum Call {
    OPEN,
    READ,
    STAT,
    RENAME
  }

  /** So long that it is a hang. */
  private static final int MOST_SECONDS = 120;

  private record Stop(Call call, @Nullable Name name) {}

  private final Map<Integer, Name> names = new ConcurrentHashMap<>();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private volatile @Nullable Stop stop;
  private volatile @Nullable String refused;

  StoppingStorage() {
    super(new LinuxStorage());
  }

  /** The next call of this kind on a file of this name stops; there is one stop in all. */
  void stopAt(Call call, String name) throws StorageException {
    stop = new Stop(call, Name.of(name));
  }

  /** From now on there is no room for files whose names end so. */
  void refuse(String suffix) {
    refused = suffix;
  }

  /** Waits until a thread has stopped. */
  void awaitStop() {
    await(reached);
  }

  /** Lets it go on. */
  void goOn() {
    released.countDown();
  }

  /** The descriptors that are open, apart from the root's. */
  Set<Integer> openDescriptors() {
    return names.keySet();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(MOST_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody came to the call, or let it go on");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void pass(Call call, @Nullable Name name) {
    if (new Stop(call, name).equals(stop)) {
      stop = null;
      reached.countDown();
      await(released);
    }
  }

  @Override
  public int open(int directory, Name name, int flags, int mode) throws StorageException {
    pass(Call.OPEN, name);
    String suffix = refused;
    if (suffix != null && name.toString().endsWith(suffix)) {
      throw new StorageException(Errno.ENOSPC, "open", name.toString());
    }
    int fd = super.open(directory, name, flags, mode);
    names.put(fd, name);
    return fd;
  }

  @Override
  public void close(int fd) throws StorageException {
    names.remove(fd);
    super.close(fd);
  }

  @Override
  public long read(int fd, MemorySegment target, long offset) throws StorageException {
    pass(Call.READ, names.get(fd));
    return super.read(fd, target, offset);
  }

  @Override
  public FileStat stat(int directory, Name name) throws StorageException {
    pass(Call.STAT, name);
    return super.stat(directory, name);
  }

  @Override
  public void rename(int fromDirectory, Name from, int toDirectory, Name to, RenameMode mode)
      throws StorageException {
    pass(Call.RENAME, to);
    super.rename(fromDirectory, from, toDirectory, to, mode);
  }
}
