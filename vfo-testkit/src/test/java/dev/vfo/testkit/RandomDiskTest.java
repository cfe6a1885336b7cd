package dev.vfo.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Long random histories with many crashes: the structure holds, and everything happens again in the
 * same way.
 */
final class RandomDiskTest {
  private static final Set<Errno> EXPECTED =
      Set.of(
          Errno.ENOENT,
          Errno.EEXIST,
          Errno.EISDIR,
          Errno.ENOTDIR,
          Errno.ENOTEMPTY,
          Errno.EINVAL,
          Errno.ELOOP,
          Errno.EPERM,
          Errno.ENOSPC,
          Errno.EIO);

  /** One run; all that it does follows from its seed. */
  private static final class Run {
    final Random random;
    final List<Integer> directories = new ArrayList<>();
    final List<Integer> open = new ArrayList<>();
    final Map<FileIdentity, Integer> lifetimes = new HashMap<>();
    SimulatedStorage storage;
    TestFiles files;
    int lifetime;

    Run(long seed) throws StorageException {
      random = new Random(seed);
      storage =
          new SimulatedStorage(
              SimulationOptions.defaults().withSeed(seed).withCapacity(400 * 4096, 60));
      files = new TestFiles(storage, -1);
      start();
    }

    void start() throws StorageException {
      files = new TestFiles(storage, storage.openRoot(Disks.ROOT));
      directories.clear();
      open.clear();
      directories.add(files.root());
      lifetime++;
    }

    void steps(int count) {
      for (int i = 0; i < count; i++) {
        try {
          step();
        } catch (StorageException e) {
          assertTrue(EXPECTED.contains(e.errno()), e.getMessage());
        }
      }
    }

    Name name() {
      return Name.of("n" + random.nextInt(5));
    }

    int directory() {
      return directories.get(random.nextInt(directories.size()));
    }

    void step() throws StorageException {
      int from = directory();
      Name name = name();
      switch (random.nextInt(14)) {
        case 0, 1 -> open(from, name);
        case 2 -> storage.makeDirectory(from, name, 0755);
        case 3 -> directories.add(storage.open(from, name, OpenFlag.READ | OpenFlag.DIRECTORY, 0));
        case 4 -> storage.link(from, name, directory(), name());
        case 5 -> storage.unlink(from, name);
        case 6 -> storage.removeDirectory(from, name);
        case 7, 8 -> {
          RenameMode mode = List.of(RenameMode.values()).get(random.nextInt(3));
          storage.rename(from, name, directory(), name(), mode);
        }
        case 9 -> storage.makeSymlink(from, name, TestFiles.text("x".repeat(100)));
        case 10 -> storage.setXattr(from, name, "user.x", new byte[random.nextInt(300)]);
        case 11 -> storage.sync(from);
        case 12 -> storage.setTimes(from, name, 5, 6);
        default -> {
          if (!open.isEmpty()) {
            content(open.get(random.nextInt(open.size())));
          }
        }
      }
    }

    void open(int from, Name name) throws StorageException {
      boolean isNew = false;
      try {
        storage.stat(from, name);
      } catch (StorageException e) {
        isNew = e.errno() == Errno.ENOENT;
      }
      int fd = storage.open(from, name, TestFiles.READ_WRITE | OpenFlag.CREATE, 0644);
      open.add(fd);
      if (isNew) {
        assertEquals(null, lifetimes.put(storage.stat(fd).identity(), lifetime), "C11");
      }
    }

    void content(int fd) throws StorageException {
      int offset = random.nextInt(100_000);
      switch (random.nextInt(6)) {
        case 0, 1 -> files.write(fd, new byte[1 + random.nextInt(20_000)], offset);
        case 2 -> storage.truncate(fd, offset);
        case 3 -> storage.punchHole(fd, offset, 10_000);
        case 4 -> storage.sync(fd);
        default -> {
          open.remove(Integer.valueOf(fd));
          storage.close(fd);
        }
      }
    }

    void crash() throws StorageException {
      long seed = random.nextLong();
      storage = random.nextInt(5) == 0 ? storage.killProcess() : storage.crash(seed);
      storage.check();
      start();
      checkTree(files.root(), new HashSet<>(), new HashMap<>());
    }

    /** What {@link SimulatedStorage#check} knows from the inside, seen through the calls. */
    void checkTree(int directory, Set<FileIdentity> seen, Map<Long, FileIdentity> numbers)
        throws StorageException {
      assertTrue(seen.add(storage.stat(directory).identity()), "a directory in two places");
      int subdirectories = 0;
      for (Name name : files.names(directory)) {
        FileStat stat = storage.stat(directory, name);
        FileIdentity known = numbers.putIfAbsent(stat.identity().inode(), stat.identity());
        assertTrue(known == null || known.equals(stat.identity()), "two files of one number");
        assertTrue(stat.linkCount() >= 1);
        if (stat.type() == FileType.DIRECTORY) {
          subdirectories++;
          int fd = storage.open(directory, name, OpenFlag.READ, 0);
          int parent = storage.openParent(fd);
          assertEquals(storage.stat(directory).identity(), storage.stat(parent).identity());
          checkTree(fd, seen, numbers);
          storage.close(parent);
          storage.close(fd);
        }
      }
      assertEquals(2 + subdirectories, storage.stat(directory).linkCount());
    }
  }

  @Test
  void structureHoldsThroughCrashes() throws StorageException {
    for (int seed = 0; seed < 150; seed++) {
      Run run = new Run(seed);
      for (int life = 0; life < 12; life++) {
        run.steps(60);
        run.storage.check();
        run.crash();
      }
    }
  }

  @Test
  void structureHoldsWithFaults() throws StorageException {
    for (int seed = 0; seed < 100; seed++) {
      Run run = new Run(seed);
      for (int life = 0; life < 8; life++) {
        run.storage.faults().add(Fault.error(Errno.EIO).atCall(7 + life));
        run.storage.faults().add(Fault.errorAfterEffect(Errno.EIO).atCall(20));
        run.storage.faults().add(Fault.error(Errno.EIO).on(Operation.SYNC).forEver());
        run.storage.faults().add(Fault.writeBackError().atCall(30));
        run.storage.faults().add(Fault.shortTransfer().forEver());
        run.steps(60);
        run.storage.check();
        run.storage.faults().clear();
        run.crash();
      }
    }
  }

  @Test
  void sameSeedSameOutcome() throws StorageException {
    for (int seed = 0; seed < 30; seed++) {
      assertEquals(transcript(seed), transcript(seed));
    }
  }

  private static String transcript(long seed) throws StorageException {
    Run run = new Run(seed);
    StringBuilder text = new StringBuilder();
    for (int life = 0; life < 5; life++) {
      run.storage.trace(1_000);
      run.steps(60);
      text.append(String.join("\n", run.storage.traceLines()));
      run.crash();
      text.append(TreeImage.read(run.storage.fork(), run.files.root()));
    }
    return text.toString();
  }

  @Test
  void forkIsTheSameAndApart() throws StorageException {
    for (int seed = 0; seed < 60; seed++) {
      Run run = new Run(seed);
      run.steps(200);
      SimulatedStorage first = run.storage.fork();
      SimulatedStorage second = run.storage.fork();
      TreeImage before = TreeImage.read(first, run.files.root());
      assertEquals(before, TreeImage.read(second, run.files.root()));
      for (int crash = 0; crash < 10; crash++) {
        assertEquals(found(first.crash(crash)), found(run.storage.crash(crash)));
      }
      run.steps(200);
      assertEquals(List.of(), before.differences(TreeImage.read(second, run.files.root())));
      first.check();
      second.check();
    }
  }

  private static TreeImage found(SimulatedStorage storage) throws StorageException {
    return TreeImage.read(storage, storage.openRoot(Disks.ROOT));
  }
}
