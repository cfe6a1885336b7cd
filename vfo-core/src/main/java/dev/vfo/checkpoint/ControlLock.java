package dev.vfo.checkpoint;

import dev.vfo.RootInUseException;
import dev.vfo.UnusableRootException;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code .vfo} of a root, open, and its lock, which this process holds until it is
 * closed (C13). Whoever takes the folder away, as {@code vfo detach} does, holds the lock
 * meanwhile: so a lock that is still at its place when it has been taken stays there.
 */
final class ControlLock implements AutoCloseable {
  static final Name PID = Name.of("pid");
  private static final Name LOCK = Name.of("lock");
  private static final int PRIVATE = 0700;
  private static final int PRIVATE_FILE = 0600;
  private static final int PID_BYTES = 64;

  /** Each failed one means that a whole folder came and went meanwhile. */
  private static final int ATTEMPTS = 8;

  private final Storage storage;
  private final ControlPlace place;
  private final boolean made;
  private int fd = -1;
  private int lockFd = -1;

  private ControlLock(Storage storage, ControlPlace place, boolean made) {
    this.storage = storage;
    this.place = place;
    this.made = made;
  }

  /**
   * Opens the folder, which is made when there is none, and takes its lock.
   *
   * @throws RootInUseException when somebody has the lock
   * @throws UnusableRootException when the folder is taken away each time
   */
  static ControlLock take(Storage storage, ControlPlace place) throws IOException {
    for (int i = 0; i < ATTEMPTS; i++) {
      boolean made = makeFolder(storage, place);
      ControlLock lock = new ControlLock(storage, place, made);
      boolean taken = false;
      try {
        taken = lock.open();
      } finally {
        if (!taken) {
          lock.close();
        }
      }
      if (taken) {
        return lock;
      }
    }
    throw new UnusableRootException(
        place
            + " cannot be opened: its folder "
            + place.name()
            + " is removed again and again meanwhile; end the program that does it, and open it"
            + " again");
  }

  private static boolean makeFolder(Storage storage, ControlPlace place) throws StorageException {
    try {
      storage.makeDirectory(place.parentFd(), place.name(), PRIVATE);
      return true;
    } catch (StorageException e) {
      if (e.errno() == Errno.EEXIST) {
        return false;
      }
      throw e;
    }
  }

  /** False when the folder was taken away meanwhile. */
  private boolean open() throws IOException {
    try {
      fd = storage.open(place.parentFd(), place.name(), OpenFlag.READ | OpenFlag.DIRECTORY, 0);
      int flags = OpenFlag.READ | OpenFlag.WRITE | OpenFlag.CREATE;
      lockFd = storage.open(fd, LOCK, flags, PRIVATE_FILE);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return false;
      }
      throw e;
    }
    boolean locked = storage.tryLock(lockFd);
    if (!isInPlace(place.parentFd(), place.name(), fd) || !isInPlace(fd, LOCK, lockFd)) {
      return false;
    }
    if (!locked) {
      throw new RootInUseException(place.toString(), readPid());
    }
    return true;
  }

  private boolean isInPlace(int directory, Name name, int opened) throws StorageException {
    return storage.stat(opened).identity().equals(identity(directory, name));
  }

  private @Nullable FileIdentity identity(int directory, Name name) throws StorageException {
    try {
      return storage.stat(directory, name).identity();
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return null;
      }
      throw e;
    }
  }

  private long readPid() throws StorageException {
    try {
      String text = readText(PID).strip();
      return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return 0;
      }
      throw e;
    }
  }

  private String readText(Name name) throws StorageException {
    int file = storage.open(fd, name, OpenFlag.READ, 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(PID_BYTES);
      long count = storage.read(file, memory, 0);
      byte[] bytes = memory.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
      return new String(bytes, StandardCharsets.US_ASCII);
    } finally {
      storage.close(file);
    }
  }

  /** Descriptor of the folder, open until this is closed. */
  int fd() {
    return fd;
  }

  /** Whether the folder was not there before. */
  boolean made() {
    return made;
  }

  @Override
  public void close() throws StorageException {
    try {
      if (lockFd >= 0) {
        storage.close(lockFd);
      }
    } finally {
      if (fd >= 0) {
        storage.close(fd);
      }
    }
  }
}
