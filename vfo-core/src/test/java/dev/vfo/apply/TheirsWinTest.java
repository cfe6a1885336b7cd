package dev.vfo.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.ForeignWriter;
import dev.vfo.VfoException;
import dev.vfo.apply.ModelTree.Node;
import dev.vfo.apply.ModelTree.Place;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.Expectation;
import dev.vfo.changes.NameChange;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.SimulatedStorage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/**
 * {@link Resolution.Theirs}: another program works at random in a home that random layers are still
 * to be applied to. What it did stands, what had to be given up for it is as before, all else is as
 * the layers want it; also with a crash at every call.
 */
class TheirsWinTest {
  private static final int SCENARIOS = 3000;
  private static final int CRASHED_SCENARIOS = 40;
  private static final int MAX_ACTS = 5;

  static final ApplyWorld.Maker THEIRS =
      ApplyWorld.resolving(target -> new Resolution.Theirs(Long.MAX_VALUE));

  /** A file as it is found: its own attributes, and the places where it is. */
  private record Seen(String what, Set<String> places) {}

  /** A home after another program was at work, and that program. */
  record Conflict(Scenario scenario, ForeignWriter writer) {
    static Conflict random(long seed) throws StorageException {
      Scenario scenario = Scenario.random(seed);
      expect(scenario);
      Random random = new Random(seed * 31);
      List<Name> wishes = new ArrayList<>();
      for (char name = 'a'; name <= 'g'; name++) {
        wishes.add(Name.of(String.valueOf(name)));
      }
      ForeignWriter writer = new ForeignWriter(scenario.start, Scenario.ROOT, random, wishes);
      for (int i = random.nextInt(MAX_ACTS); i >= 0; i--) {
        writer.act();
      }
      int root = scenario.start.openRoot(Scenario.ROOT);
      scenario.start.syncFileSystem(root);
      scenario.start.close(root);
      writer.close();
      return new Conflict(scenario, writer);
    }

    void assertNothingLost(SimulatedStorage storage, String when) throws StorageException {
      try (ForeignWriter later = writer.on(storage, Scenario.ROOT)) {
        assertEquals("", later.lost(), when + ": what the other program wrote");
      }
    }
  }

  /** As a step does: each layer that is the first to change a file says how that is at home. */
  private static void expect(Scenario scenario) throws StorageException {
    Map<Long, FileStat> home = new HashMap<>();
    try (ApplyWorld world = ApplyWorld.open(scenario.start, Scenario.ROOT, THEIRS)) {
      new Look(world, scenario.identities).stats(home);
    }
    Set<Long> seen = new HashSet<>();
    for (int i = 0; i < scenario.layers.size(); i++) {
      ChangeSet layer = scenario.layers.get(i);
      List<EntryChange> entries = new ArrayList<>();
      for (EntryChange entry : layer.entries()) {
        FileStat stat = home.get(entry.number());
        boolean first = stat != null && !entry.isReference() && seen.add(entry.number());
        entries.add(first ? expecting(entry, Expectation.of(stat)) : entry);
      }
      scenario.layers.set(
          i, new ChangeSet(layer.layer(), layer.rootNumber(), entries, layer.names()));
    }
  }

  private static EntryChange expecting(EntryChange entry, Expectation expected) {
    return new EntryChange(
        entry.number(),
        entry.type(),
        entry.identity(),
        entry.created(),
        entry.before(),
        entry.fate(),
        entry.attributes(),
        entry.data(),
        entry.symlinkTarget(),
        entry.device(),
        expected);
  }

  /** A walk through a home. */
  private static final class Look {
    private final ApplyWorld world;
    private final Map<FileIdentity, Long> numbers = new HashMap<>();

    Look(ApplyWorld world, Map<Long, FileIdentity> identities) {
      this.world = world;
      identities.forEach((number, identity) -> numbers.put(identity, number));
    }

    void learn(List<LayerPlan> plans) {
      for (LayerPlan plan : plans) {
        plan.created().forEach((number, identity) -> numbers.put(identity, number));
      }
    }

    void stats(Map<Long, FileStat> found) throws StorageException {
      walk((number, stat, place, content) -> found.put(number, stat));
    }

    Map<Long, Seen> files() throws StorageException {
      Map<Long, Seen> found = new TreeMap<>();
      walk((number, stat, place, content) -> {
        String what =
            "%s %o %d:%d %s".formatted(stat.type(), stat.mode(), stat.uid(), stat.gid(), content);
        found.computeIfAbsent(number, _ -> new Seen(what, new TreeSet<>())).places().add(place);
      });
      return found;
    }

    private interface Visitor {
      void visit(long number, FileStat stat, String place, String content);
    }

    private void walk(Visitor visitor) throws StorageException {
      long root = numbers.get(world.storage.stat(world.root).identity());
      visitor.visit(root, world.storage.stat(world.root), "", "");
      world.walk((directory, name, stat, content) -> {
        Long number = numbers.get(stat.identity());
        if (number != null) {
          Long parent = numbers.get(directory);
          visitor.visit(number, stat, (parent == null ? directory : parent) + "/" + name, content);
        }
      });
    }
  }

  /** Each name that the layers change is as the last of them wants it, but for what is given up. */
  private static void compareNames(
      Scenario scenario,
      Map<Long, Seen> before,
      Map<Long, Seen> after,
      Set<Long> givenUp,
      String when) {
    Map<Long, Set<String>> begin = begin(scenario);
    Map<String, Long> wanted = new HashMap<>();
    Set<String> left = new HashSet<>();
    for (ChangeSet layer : scenario.layers) {
      for (NameChange name : layer.names()) {
        String place = name.directory() + "/" + name.name();
        wanted.put(place, name.after());
        // What is removed from a directory that is elsewhere now is gone with it already.
        boolean isElsewhere =
            name.after() == NameChange.NONE
                && before.containsKey(name.directory())
                && isMoved(name.directory(), before, begin);
        if (isElsewhere || givenUp.contains(name.before()) || givenUp.contains(name.after())) {
          left.add(place);
        }
      }
    }
    wanted.keySet().removeAll(left);
    Map<String, Long> found = new HashMap<>();
    after.forEach((number, seen) -> seen.places().forEach(place -> found.put(place, number)));
    wanted.forEach((place, number) ->
        assertEquals(
            number, found.getOrDefault(place, NameChange.NONE), () -> when + ": " + place));
  }

  /** Whether a file, or a directory above it, is where it was not in the beginning. */
  private static boolean isMoved(
      long number, Map<Long, Seen> before, Map<Long, Set<String>> begin) {
    for (String place : before.get(number).places()) {
      if (place.isEmpty()) {
        continue;
      }
      String directory = place.substring(0, place.indexOf('/'));
      boolean isKnown = begin.getOrDefault(number, Set.of()).contains(place);
      if (!isKnown || isMoved(Long.parseLong(directory), before, begin)) {
        return true;
      }
    }
    return false;
  }

  private static Map<Long, Set<String>> begin(Scenario scenario) {
    Map<Long, Set<String>> begin = new HashMap<>();
    scenario.begin.places().forEach((number, at) -> begin.put(number, names(at)));
    return begin;
  }

  private static Set<String> names(Set<Place> places) {
    Set<String> names = new TreeSet<>();
    for (Place place : places) {
      names.add(place.directory().number + "/" + place.name());
    }
    return names;
  }

  private static String wanted(Node node) {
    return "%s %o %d:%d %s"
        .formatted(
            node.type,
            node.mode,
            node.uid,
            node.gid,
            node.isDirectory() ? "" : ApplyWorld.text(node.content));
  }

  /** What was found, over all scenarios. */
  private static final class Counts {
    int free;
    int someGivenUp;
    int entriesGivenUp;
    int entriesChanged;

    @Override
    public String toString() {
      return "nothing given up in %d, something in %d: %d entries, beside %d that are changed"
          .formatted(free, someGivenUp, entriesGivenUp, entriesChanged);
    }
  }

  private static void check(long seed, ApplyWorld.Maker maker, Counts counts) throws Exception {
    Conflict conflict = Conflict.random(seed);
    Scenario scenario = conflict.scenario();
    SimulatedStorage storage = scenario.start.fork();
    String when = "seed " + seed;
    try (ApplyWorld world = ApplyWorld.open(storage, Scenario.ROOT, maker)) {
      Look look = new Look(world, scenario.identities);
      Map<Long, Seen> before = look.files();
      recover(world, scenario, when);
      List<LayerPlan> plans = world.applier.plans();
      look.learn(plans);
      Map<Long, Seen> after = look.files();
      Map<Long, Set<Long>> givenUp = new HashMap<>();
      for (LayerPlan plan : plans) {
        for (long number : plan.givenUp()) {
          givenUp.computeIfAbsent(number, _ -> new HashSet<>()).add(plan.layer());
        }
      }
      counts.free += givenUp.isEmpty() ? 1 : 0;
      counts.someGivenUp += givenUp.isEmpty() ? 0 : 1;
      counts.entriesGivenUp += givenUp.size();
      compare(conflict, before, after, givenUp, when, counts);
    }
    conflict.assertNothingLost(storage, when);
  }

  private static void recover(ApplyWorld world, Scenario scenario, String when)
      throws StorageException {
    try {
      world.recover(scenario.layers);
    } catch (VfoException | IllegalArgumentException e) {
      throw new AssertionError(when + ": " + e.getMessage(), e);
    }
  }

  private static void compare(
      Conflict conflict,
      Map<Long, Seen> before,
      Map<Long, Seen> after,
      Map<Long, Set<Long>> givenUp,
      String when,
      Counts counts) {
    Scenario scenario = conflict.scenario();
    Map<Long, Set<Long>> layersOf = new HashMap<>();
    for (ChangeSet layer : scenario.layers) {
      for (EntryChange entry : layer.entries()) {
        layersOf.computeIfAbsent(entry.number(), _ -> new HashSet<>()).add(layer.layer());
      }
    }
    Map<Long, Set<String>> begin = begin(scenario);
    Map<Long, Node> end = new HashMap<>();
    scenario.end.nodes().forEach(node -> end.put(node.number, node));
    compareNames(scenario, before, after, givenUp.keySet(), when);
    for (long number : layersOf.keySet()) {
      String what = when + ": entry " + Long.toHexString(number);
      Seen was = before.get(number);
      Seen is = after.get(number);
      FileIdentity identity = scenario.identities.get(number);
      if (givenUp.containsKey(number)) {
        // Another layer may have changed it all the same.
        if (givenUp.get(number).equals(layersOf.get(number))) {
          assertEquals(was, is, what + " was given up");
        }
      } else if (end.containsKey(number) && !scenario.end.orphans.containsKey(number)) {
        boolean isTouched = identity != null && conflict.writer().knows(identity);
        if (is != null && !isTouched) {
          String wanted = wanted(end.get(number));
          assertEquals(wanted, is.what(), what);
          counts.entriesChanged += was != null && was.what().equals(wanted) ? 0 : 1;
        }
      } else if (!end.containsKey(number)) {
        // Where the other program has moved it nobody looks.
        assertTrue(is == null || isMoved(number, before, begin), what + " was to be gone");
      }
    }
  }

  @Test
  void whatOthersDidStandsAndAllElseIsApplied() throws Exception {
    Counts counts = new Counts();
    for (long seed = 1; seed <= SCENARIOS; seed++) {
      check(seed, THEIRS, counts);
    }
    System.out.println("vfo: theirs win: " + counts);
    assertTrue(counts.free > SCENARIOS / 10, counts::toString);
    assertTrue(counts.someGivenUp > SCENARIOS / 4, counts::toString);
    assertTrue(counts.entriesChanged > SCENARIOS / 2, counts::toString);
  }

  // Of what was given up the kernel sets the times of directories; the mark of a lost orphan is a
  // file that nobody knows.
  private static List<String> view(List<String> lines) {
    return lines.stream()
        .map(line ->
            line.startsWith("orphans/") && line.contains(" SYMLINK ")
                ? line.substring(0, line.indexOf(' ')) + " is lost"
                : line.contains(" " + FileType.DIRECTORY + " ")
                    ? line.replaceFirst(" -?\\d+ $", "")
                    : line)
        .toList();
  }

  @Test
  void everyCrashLeadsToTheSameTree() throws Exception {
    long recoveries = 0;
    for (long seed = 1; seed <= CRASHED_SCENARIOS; seed++) {
      recoveries += crashEverywhere(seed, THEIRS);
    }
    System.out.println("vfo: theirs win: " + recoveries + " recoveries");
    assertTrue(recoveries > CRASHED_SCENARIOS * 50, recoveries + " recoveries");
  }

  private static long crashEverywhere(long seed, ApplyWorld.Maker maker) throws Exception {
    Conflict conflict = Conflict.random(seed);
    SimulatedStorage undisturbed = conflict.scenario().start.fork();
    List<String> expected;
    try (ApplyWorld world = ApplyWorld.open(undisturbed, Scenario.ROOT, THEIRS)) {
      recover(world, conflict.scenario(), "seed " + seed);
      expected = view(world.describe(conflict.scenario().identities));
    }
    CrashRuns runs = new CrashRuns(conflict.scenario(), maker, TheirsWinTest::view, expected);
    try {
      runs.everywhere(seed);
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + " " + e.getMessage(), e);
    }
    return runs.recoveries();
  }

  /** Canary: an applier that does not take over from plans what was given up. */
  @Test
  void plansThatAreNotHeard() {
    ApplyWorld.Maker deaf =
        target ->
            new Applier(
                target,
                new ReentrantLock(),
                ApplyObserver.NONE,
                SpaceReserve.NONE,
                new Resolution.Theirs(Long.MAX_VALUE)) {
              @Override
              public List<LayerPlan> plans() throws StorageException, VfoException {
                return THEIRS.make(target).plans();
              }
            };
    assertThrows(
        AssertionError.class,
        () -> {
          for (long seed = 1; seed <= CRASHED_SCENARIOS; seed++) {
            crashEverywhere(seed, deaf);
          }
        });
  }
}
