package dev.vfo.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Short random histories of name operations: what crashes leave is compared with what C1, C3 and C4
 * allow, which is found here by trying all subsets of the operations, and by nothing that the
 * simulator does.
 */
final class NameHistoryTest {
  private static final String[] NAMES = {"a", "b", "c"};
  private static final FileIdentity NOTHING = new FileIdentity(0, 0);

  /** A place in a directory, and what is there before and after. */
  private record Change(Slot slot, FileIdentity before, FileIdentity after) {}

  private record Slot(FileIdentity directory, Name name) {}

  /**
   * One operation; {@code made} is the directory that it makes, {@code removed} the one that it
   * removes for good.
   */
  private record Step(List<Change> changes, FileIdentity made, FileIdentity removed) {}

  private final List<Step> steps = new ArrayList<>();
  private final BitSet durable = new BitSet();
  private Map<Slot, FileIdentity> start = new HashMap<>();
  private final Set<FileIdentity> directories = new HashSet<>();
  private SimulatedStorage storage = new SimulatedStorage();
  private FileIdentity rootIdentity = NOTHING;
  private Random random = new Random(0);

  @Test
  void crashesLeaveOnlyWhatIsLegal() throws StorageException {
    for (int history = 0; history < 1_500; history++) {
      run(history, 9, true);
      Set<Map<Slot, FileIdentity>> legal = legalOutcomes();
      for (int seed = 0; seed < 30; seed++) {
        SimulatedStorage after = storage.crash(seed);
        after.check();
        int found = history * 1_000 + seed;
        assertTrue(legal.contains(slots(after)), () -> "not legal, in history and seed " + found);
      }
    }
  }

  @Test
  void crashesLeaveAllThatIsLegal() throws StorageException {
    int outcomes = 0;
    for (int history = 0; history < 60; history++) {
      run(history, 5, false);
      Set<Map<Slot, FileIdentity>> legal = legalOutcomes();
      Set<Map<Slot, FileIdentity>> seen = new HashSet<>();
      for (int seed = 0; seed < 1_500; seed++) {
        seen.add(slots(storage.crash(seed)));
      }
      assertEquals(legal, seen, "history " + history);
      outcomes += legal.size();
    }
    assertTrue(outcomes > 300, "only " + outcomes + " outcomes");
  }

  /** Does a random history. */
  private void run(int seed, int length, boolean movesDirectories) throws StorageException {
    random = new Random(seed);
    steps.clear();
    durable.clear();
    directories.clear();
    storage = new SimulatedStorage(SimulationOptions.defaults().withSeed(seed));
    TestFiles files = new TestFiles(storage, storage.openRoot(Disks.ROOT));
    rootIdentity = storage.stat(files.root()).identity();
    directories.add(rootIdentity);
    files.create("a", "a");
    directories.add(storage.stat(files.makeDirectory("b")).identity());
    directories.add(
        storage
            .stat(files.makeDirectory(files.openDirectory(files.root(), Name.of("b")), "c"))
            .identity());
    storage.syncFileSystem(files.root());
    start = slots(storage);
    for (int i = 0; i < length * 3 && steps.size() < length; i++) {
      try {
        step(files, movesDirectories);
      } catch (StorageException e) {
        assertTrue(e.errno() != Errno.EIO && e.errno() != Errno.EBADF, e.getMessage());
      }
    }
  }

  private void step(TestFiles files, boolean movesDirectories) throws StorageException {
    int from = randomDirectory(files);
    int to = randomDirectory(files);
    Name name = Name.of(NAMES[random.nextInt(NAMES.length)]);
    Name other = Name.of(NAMES[random.nextInt(NAMES.length)]);
    FileIdentity before = at(from, name);
    FileIdentity target = at(to, other);
    boolean directory = isDirectory(before) || isDirectory(target);
    switch (random.nextInt(8)) {
      case 0 -> {
        storage.close(storage.open(from, name, TestFiles.NEW_FILE, 0644));
        add(NOTHING, NOTHING, change(from, name, before));
      }
      case 1 -> {
        storage.makeDirectory(from, name, 0755);
        FileIdentity made = at(from, name);
        directories.add(made);
        add(made, NOTHING, change(from, name, before));
      }
      case 2 -> {
        storage.link(from, name, to, other);
        add(NOTHING, NOTHING, change(to, other, target));
      }
      case 3 -> {
        storage.unlink(from, name);
        add(NOTHING, NOTHING, change(from, name, before));
      }
      case 4 -> {
        storage.removeDirectory(from, name);
        add(NOTHING, before, change(from, name, before));
      }
      case 5 -> rename(from, name, to, other, RenameMode.REPLACE, !directory || movesDirectories);
      case 6 -> rename(from, name, to, other, RenameMode.EXCHANGE, !directory || movesDirectories);
      default -> {
        if (random.nextInt(3) == 0) {
          storage.sync(from);
          syncs(storage.stat(from).identity());
        }
      }
    }
  }

  private void rename(int from, Name name, int to, Name other, RenameMode mode, boolean wanted)
      throws StorageException {
    FileIdentity before = at(from, name);
    FileIdentity target = at(to, other);
    if (!wanted || before.equals(target)) {
      return;
    }
    storage.rename(from, name, to, other, mode);
    FileIdentity removed = mode == RenameMode.REPLACE && isDirectory(target) ? target : NOTHING;
    add(NOTHING, removed, change(from, name, before), change(to, other, target));
  }

  private boolean isDirectory(FileIdentity identity) {
    return directories.contains(identity);
  }

  private void add(FileIdentity made, FileIdentity removed, Change... changes) {
    steps.add(new Step(List.of(changes), made, removed));
  }

  private Change change(int directory, Name name, FileIdentity before) throws StorageException {
    Slot slot = new Slot(storage.stat(directory).identity(), name);
    return new Change(slot, before, at(directory, name));
  }

  private FileIdentity at(int directory, Name name) throws StorageException {
    try {
      return storage.stat(directory, name).identity();
    } catch (StorageException e) {
      assertEquals(Errno.ENOENT, e.errno());
      return NOTHING;
    }
  }

  /** Opens a directory by a random way down from the root. */
  private int randomDirectory(TestFiles files) throws StorageException {
    int current = files.root();
    while (random.nextInt(3) > 0) {
      Name name = Name.of(NAMES[random.nextInt(NAMES.length)]);
      if (isDirectory(at(current, name))) {
        current = files.open(current, name, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
      }
    }
    return current;
  }

  /** C3: all operations so far that touch this directory are durable, and what they need. */
  private void syncs(FileIdentity directory) {
    for (int i = 0; i < steps.size(); i++) {
      if (touches(steps.get(i), directory)) {
        durable.set(i);
      }
    }
  }

  private static boolean touches(Step step, FileIdentity directory) {
    return step.changes().stream().anyMatch(change -> change.slot().directory().equals(directory));
  }

  /** The names that a crash may leave, as far as they can be reached from the root. */
  private Set<Map<Slot, FileIdentity>> legalOutcomes() {
    Set<Map<Slot, FileIdentity>> outcomes = new HashSet<>();
    for (int bits = 0; bits < 1 << steps.size(); bits++) {
      BitSet kept = BitSet.valueOf(new long[] {bits});
      BitSet missing = (BitSet) durable.clone();
      missing.andNot(kept);
      if (missing.isEmpty()) {
        Map<Slot, FileIdentity> found = outcome(kept);
        if (found != null) {
          outcomes.add(found);
        }
      }
    }
    return outcomes;
  }

  /** What these operations make of the start, or null when they cannot be all that is kept. */
  private @Nullable Map<Slot, FileIdentity> outcome(BitSet kept) {
    Map<Slot, FileIdentity> slots = new HashMap<>(start);
    for (int i = 0; i < steps.size(); i++) {
      if (kept.get(i)) {
        if (!isOrdered(i, kept)) {
          return null;
        }
        for (Change change : steps.get(i).changes()) {
          if (change.after().equals(NOTHING)) {
            slots.remove(change.slot());
          } else {
            slots.put(change.slot(), change.after());
          }
        }
      }
    }
    return isTree(slots) ? slots : null;
  }

  private boolean isOrdered(int index, BitSet kept) {
    Step step = steps.get(index);
    for (int i = 0; i < index; i++) {
      Step earlier = steps.get(i);
      if (kept.get(i)) {
        continue;
      }
      for (Change change : step.changes()) {
        boolean sameSlot =
            earlier.changes().stream().anyMatch(other -> other.slot().equals(change.slot()));
        boolean makesDirectory = earlier.made().equals(change.slot().directory());
        if (sameSlot || makesDirectory) {
          return false;
        }
      }
      if (!step.removed().equals(NOTHING) && touches(earlier, step.removed())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether everything hangs together below the root, each directory in one place, and no inode
   * number is there twice.
   */
  private boolean isTree(Map<Slot, FileIdentity> slots) {
    Set<FileIdentity> reached = new HashSet<>();
    List<FileIdentity> unvisited = new ArrayList<>(List.of(rootIdentity));
    Map<Long, FileIdentity> numbers = new HashMap<>();
    while (!unvisited.isEmpty()) {
      FileIdentity directory = unvisited.removeLast();
      if (!reached.add(directory)) {
        return false;
      }
      slots.forEach((slot, identity) -> {
        if (slot.directory().equals(directory) && isDirectory(identity)) {
          unvisited.add(identity);
        }
      });
    }
    for (Map.Entry<Slot, FileIdentity> entry : slots.entrySet()) {
      FileIdentity known = numbers.putIfAbsent(entry.getValue().inode(), entry.getValue());
      boolean twice = known != null && !known.equals(entry.getValue());
      if (twice || !reached.contains(entry.getKey().directory())) {
        return false;
      }
    }
    return true;
  }

  private static Map<Slot, FileIdentity> slots(SimulatedStorage after) throws StorageException {
    Map<Slot, FileIdentity> slots = new HashMap<>();
    SimulatedStorage copy = after.fork();
    collect(copy, copy.openRoot(Disks.ROOT), slots);
    return slots;
  }

  private static void collect(SimulatedStorage after, int directory, Map<Slot, FileIdentity> slots)
      throws StorageException {
    FileIdentity identity = after.stat(directory).identity();
    after.list(
        directory,
        (name, inode, type) -> {
          slots.put(new Slot(identity, name), after.stat(directory, name).identity());
          if (type == FileType.DIRECTORY) {
            collect(after, after.open(directory, name, OpenFlag.READ, 0), slots);
          }
          return true;
        });
  }
}
