package dev.vfo;

import dev.vfo.storage.DirectoryVisitor;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.ContentImage;
import dev.vfo.testkit.SimulatedStorage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Another program that works in a root without asking: it writes to files that are there, removes,
 * moves and replaces them, and makes new ones, at random. It knows what it wrote, and can tell
 * whether that is still there.
 */
public final class ForeignWriter implements AutoCloseable {
  private static final Name CONTROL = Name.of(".vfo");
  private static final int SOME_BYTES = 300;

  /** Where something is in home. */
  private record Found(int directory, Name name, FileStat stat) {}

  /** What this program has left in a file. */
  private record Version(ContentImage content, int mode, long modifyNanos, String act) {}

  private final Storage disk;
  private final int root;
  private final Random random;
  private final List<Name> wishes;
  private final List<Integer> opened = new ArrayList<>();
  private final Map<FileIdentity, Version> versions = new LinkedHashMap<>();

  /** One that makes its files, among others, at the names that a step will want. */
  public ForeignWriter(SimulatedStorage disk, Path root, Random random, List<Name> wishes)
      throws StorageException {
    this.disk = disk;
    this.root = disk.openRoot(root);
    this.random = random;
    this.wishes = wishes;
  }

  /** The same program, with what it knows, on a later state of the disk. */
  public ForeignWriter on(SimulatedStorage later, Path path) throws StorageException {
    ForeignWriter writer = new ForeignWriter(later, path, random, wishes);
    writer.versions.putAll(versions);
    return writer;
  }

  /** Whether it has written this file, and knows how it left it. */
  public boolean knows(FileIdentity file) {
    return versions.containsKey(file);
  }

  /** From now on what it did so far may be changed: the step has had the chance to see it. */
  void forget() {
    versions.clear();
  }

  /** Does one thing. */
  public void act() throws StorageException {
    Map<FileIdentity, Found> home = home();
    List<Found> files =
        home.values().stream().filter(each -> each.stat().type() == FileType.REGULAR).toList();
    int choice = random.nextInt(9);
    if (files.isEmpty() || choice < 2) {
      create(home);
      return;
    }
    Found file = files.get(random.nextInt(files.size()));
    switch (choice) {
      case 2, 3 -> write(file, Math.toIntExact(file.stat().sizeBytes()), "append", 20);
      case 4 -> write(file, 0, "overwrite", Math.max(1, (int) file.stat().sizeBytes()));
      case 5 -> remove(file);
      case 6 -> {
        int mode = random.nextInt(0777) | 0600;
        // The same mode would be no change that anybody could see.
        int other = mode == file.stat().mode() ? mode ^ 1 : mode;
        disk.changeMode(file.directory(), file.name(), other);
        remember(file.directory(), file.name(), "chmod");
      }
      case 7 -> move(home, new ArrayList<>(home.values()).get(random.nextInt(home.size())));
      default -> replace(file);
    }
  }

  /** Does one thing with names, and writes to nothing that is there. */
  public void actOnNames() throws StorageException {
    Map<FileIdentity, Found> home = home();
    List<Found> files =
        home.values().stream().filter(each -> each.stat().type() == FileType.REGULAR).toList();
    int choice = random.nextInt(8);
    if (files.isEmpty() || choice < 2) {
      create(home);
      return;
    }
    Found file = files.get(random.nextInt(files.size()));
    switch (choice) {
      case 2, 3 -> remove(file);
      case 4, 5, 6 -> move(home, new ArrayList<>(home.values()).get(random.nextInt(home.size())));
      default -> replace(file);
    }
  }

  private void move(Map<FileIdentity, Found> home, Found any) throws StorageException {
    int directory = directory(home);
    Name name = wishes.get(random.nextInt(wishes.size()));
    try {
      disk.rename(any.directory(), any.name(), directory, name, RenameMode.NO_REPLACE);
    } catch (StorageException e) {
      // It is taken, or the directory itself: then nothing this time.
      if (e.errno() != Errno.EEXIST && e.errno() != Errno.EINVAL) {
        throw e;
      }
    }
  }

  private int directory(Map<FileIdentity, Found> home) throws StorageException {
    List<Integer> directories = new ArrayList<>(List.of(root));
    for (Found each : home.values()) {
      if (each.stat().type() == FileType.DIRECTORY) {
        int flags = OpenFlag.READ | OpenFlag.DIRECTORY;
        directories.add(open(disk.open(each.directory(), each.name(), flags, 0)));
      }
    }
    return directories.get(random.nextInt(directories.size()));
  }

  private void create(Map<FileIdentity, Found> home) throws StorageException {
    int directory = directory(home);
    Name name = wishes.get(random.nextInt(wishes.size()));
    try {
      int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE;
      int fd = open(disk.open(directory, name, flags, 0640));
      fill(fd, 0, 1 + random.nextInt(SOME_BYTES));
      remember(directory, name, "create");
    } catch (StorageException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
  }

  private int open(int fd) {
    opened.add(fd);
    return fd;
  }

  private void write(Found file, int offset, String act, int count) throws StorageException {
    int fd = open(disk.open(file.directory(), file.name(), OpenFlag.WRITE, 0));
    fill(fd, offset, count);
    remember(file.directory(), file.name(), act);
  }

  private void fill(int fd, long offset, int count) throws StorageException {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment source = arena.allocate(count).copyFrom(MemorySegment.ofArray(bytes));
      disk.write(fd, source, offset);
    }
  }

  private void remove(Found file) throws StorageException {
    disk.unlink(file.directory(), file.name());
    if (file.stat().linkCount() == 1) {
      versions.remove(file.stat().identity());
    }
  }

  private void replace(Found file) throws StorageException {
    int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE;
    Name temporary = Name.of("~saved");
    int fd = open(disk.open(file.directory(), temporary, flags, 0600));
    fill(fd, 0, 1 + random.nextInt(SOME_BYTES));
    if (file.stat().linkCount() == 1) {
      versions.remove(file.stat().identity());
    }
    disk.rename(file.directory(), temporary, file.directory(), file.name(), RenameMode.REPLACE);
    remember(file.directory(), file.name(), "replace");
  }

  private void remember(int directory, Name name, String act) throws StorageException {
    FileStat stat = disk.stat(directory, name);
    ContentImage content = content(directory, name, stat);
    versions.put(
        stat.identity(),
        new Version(content, stat.mode(), stat.modifyNanos(), act + " of " + name));
  }

  private ContentImage content(int directory, Name name, FileStat stat) throws StorageException {
    byte[] bytes = new byte[Math.toIntExact(stat.sizeBytes())];
    int fd = disk.open(directory, name, OpenFlag.READ, 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.max(1, bytes.length));
      long done = 0;
      while (done < bytes.length) {
        done += disk.read(fd, buffer.asSlice(done, bytes.length - done), done);
      }
      MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
    } finally {
      disk.close(fd);
    }
    return ContentImage.of(bytes);
  }

  /** How many of its versions are remembered. */
  int versions() {
    return versions.size();
  }

  /** Says which of its versions is not there any more, wherever, as it was; empty when all are. */
  public String lost() throws StorageException {
    Map<FileIdentity, Found> home = home();
    for (Map.Entry<FileIdentity, Version> each : versions.entrySet()) {
      Found found = home.get(each.getKey());
      Version version = each.getValue();
      if (found == null) {
        return version.act() + " is gone";
      }
      FileStat stat = found.stat();
      boolean same =
          stat.modifyNanos() == version.modifyNanos()
              && stat.mode() == version.mode()
              && content(found.directory(), found.name(), stat).equals(version.content());
      if (!same) {
        return version.act() + " was changed: " + stat;
      }
    }
    return "";
  }

  private Map<FileIdentity, Found> home() throws StorageException {
    closeAll();
    Map<FileIdentity, Found> found = new LinkedHashMap<>();
    List<Integer> open = new ArrayList<>(List.of(root));
    while (!open.isEmpty()) {
      int directory = open.removeLast();
      List<Name> names = new ArrayList<>();
      DirectoryVisitor visitor = (name, inode, type) -> names.add(name);
      disk.list(directory, visitor);
      if (directory == root) {
        names.remove(CONTROL);
      }
      for (Name name : names) {
        FileStat stat = disk.stat(directory, name);
        found.put(stat.identity(), new Found(directory, name, stat));
        if (stat.type() == FileType.DIRECTORY) {
          int flags = OpenFlag.READ | OpenFlag.DIRECTORY;
          int fd = disk.open(directory, name, flags, 0);
          opened.add(fd);
          open.add(fd);
        }
      }
    }
    return found;
  }

  private void closeAll() throws StorageException {
    for (int fd : opened) {
      disk.close(fd);
    }
    opened.clear();
  }

  @Override
  public void close() throws StorageException {
    closeAll();
    disk.close(root);
  }
}
