package dev.vfo.apply;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The folder {@code .vfo/conflicts}: keeps what other programs had in the way of a checkpoint. Each
 * thing is durable in there before anything at its old place is changed, and never overwritten:
 * what is kept again gets another name. One thread.
 */
public final class Aside {
  /** The folder's name in the control folder. */
  public static final Name CONFLICTS = Name.of("conflicts");

  /** What a copy is called until it is whole and durable. */
  private static final Name UNFINISHED = Name.of(".unfinished");

  private static final int PRIVATE = 0700;
  private static final int PRIVATE_FILE = 0600;
  private static final int FOLDER = OpenFlag.READ | OpenFlag.DIRECTORY;
  private static final int BUFFER_BYTES = 1 << 16;

  /** At four bytes each, and a number behind them, they still make a name. */
  private static final int MAX_NAME_CHARS = 60;

  private final Storage storage;
  private final int controlFd;
  private long checkpoint;

  /** A folder in a control folder, whose descriptor stays the caller's; made when it is needed. */
  public Aside(Storage storage, int controlFd) {
    this.storage = storage;
    this.controlFd = controlFd;
  }

  /** Says which checkpoint is applied from now on. */
  public void at(long number) {
    checkpoint = number;
  }

  /** Moves something here, with all that is in it. */
  void move(int directory, Name name, String path) throws StorageException {
    int folder = folderOf(path);
    try {
      storage.rename(directory, name, folder, free(folder, path), RenameMode.NO_REPLACE);
      storage.sync(folder);
      int source = storage.reopen(directory, FOLDER);
      try {
        storage.sync(source);
      } finally {
        storage.close(source);
      }
    } finally {
      storage.close(folder);
    }
  }

  /** Makes a copy of a regular file here. */
  void copy(int directory, Name name, String path) throws StorageException {
    int folder = folderOf(path);
    try (OpenFile source = OpenFile.open(storage, directory, name, OpenFlag.READ, 0)) {
      int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.TRUNCATE;
      try (OpenFile file = OpenFile.open(storage, folder, UNFINISHED, flags, PRIVATE_FILE)) {
        copy(source, file);
        FileStat stat = storage.stat(source.fd());
        if (storage.effectiveUid() == 0) {
          storage.changeOwner(file.fd(), stat.uid(), stat.gid());
        }
        storage.changeMode(file.fd(), stat.mode());
        storage.setTimes(file.fd(), stat.accessNanos(), stat.modifyNanos());
        storage.sync(file.fd());
      }
      storage.rename(folder, UNFINISHED, folder, free(folder, path), RenameMode.NO_REPLACE);
      storage.sync(folder);
    } finally {
      storage.close(folder);
    }
  }

  private static void copy(OpenFile source, OpenFile target) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(BUFFER_BYTES);
      long done = 0;
      long count = source.read(buffer, 0);
      while (count > 0) {
        target.write(buffer.asSlice(0, count), done);
        done += count;
        count = source.read(buffer, done);
      }
    }
  }

  /** The folder that a path's last name goes into, made with all above it, durably. */
  private int folderOf(String path) throws StorageException {
    List<String> names = new ArrayList<>(List.of(CONFLICTS.toString(), String.valueOf(checkpoint)));
    names.addAll(List.of(path.split("/")));
    int at = controlFd;
    for (String each : names.subList(0, names.size() - 1)) {
      int next;
      try {
        next = openOrMake(at, name(each));
      } finally {
        if (at != controlFd) {
          storage.close(at);
        }
      }
      at = next;
    }
    return at;
  }

  private int openOrMake(int directory, Name name) throws StorageException {
    Name folder = folder(directory, name);
    try {
      storage.makeDirectory(directory, folder, PRIVATE);
    } catch (StorageException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
    // Also of one that was there: a killed process may have left it un-synced (C15).
    storage.sync(directory);
    return storage.open(directory, folder, FOLDER, 0);
  }

  /** The name, or another one where something that is no folder has it. */
  private Name folder(int directory, Name name) throws StorageException {
    Name candidate = name;
    for (int i = 2; ; i++) {
      FileStat stat = ApplyErrors.statOrNull(storage, directory, candidate);
      if (stat == null || stat.type() == FileType.DIRECTORY) {
        return candidate;
      }
      candidate = numbered(name, i);
    }
  }

  private static Name numbered(Name name, int number) throws StorageException {
    return Name.of(name + "." + number);
  }

  private Name free(int folder, String path) throws StorageException {
    String last = path.substring(path.lastIndexOf('/') + 1);
    Name candidate = name(last);
    for (int i = 2; ApplyErrors.statOrNull(storage, folder, candidate) != null; i++) {
      candidate = numbered(name(last), i);
    }
    return candidate;
  }

  // The text of a name can be longer than the name.
  private static Name name(String text) {
    if (text.length() <= MAX_NAME_CHARS) {
      return Name.of(text);
    }
    String hash = Integer.toHexString(text.hashCode());
    return Name.of(text.substring(0, MAX_NAME_CHARS - hash.length() - 1) + "~" + hash);
  }
}
