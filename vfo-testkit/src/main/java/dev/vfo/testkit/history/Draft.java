package dev.vfo.testkit.history;

import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.model.ModelFile;
import dev.vfo.testkit.model.TreePath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A history while it is made: the operations so far, the state that they lead to, and choices from
 * it.
 */
final class Draft {
  /** A place in the tree. */
  record Place(TreePath path, ModelFile file) {
    boolean isRegular() {
      return file.type() == FileType.REGULAR;
    }

    boolean isDirectory() {
      return file.isDirectory();
    }
  }

  /** The folder of the subject itself: no name for a file in the root. */
  static final Name RESERVED = Name.of(".vfo");

  /** Larger trees cost time and find nothing more. */
  private static final int MAX_PLACES = 30;

  private final SplittableRandom random;
  private final Profile profile;
  private final List<Name> names;
  private final List<Operation> operations = new ArrayList<>();
  private CheckpointModel model;
  private int fills;

  /**
   * A draft without operations.
   *
   * @param model the state that it begins with; becomes the draft's own
   */
  Draft(Profile profile, SplittableRandom random, CheckpointModel model) {
    this.profile = profile;
    this.random = random;
    this.model = model;
    this.names = profile.limits().oddNames() && random.nextInt(5) == 0 ? oddNames() : plainNames();
  }

  private static List<Name> plainNames() {
    return List.of(Name.of("a"), Name.of("b"), Name.of("c"), Name.of("d"), Name.of("e"));
  }

  private static List<Name> oddNames() {
    byte[] longest = new byte[Name.MAX_BYTES];
    Arrays.fill(longest, (byte) 'x');
    try {
      return List.of(
          Name.of("a"),
          RESERVED,
          Name.of("..."),
          Name.of(new byte[] {(byte) 0xFF, (byte) 0xFE}),
          Name.of(new byte[] {'a', '\n', ' ', '\\', 'x', '4', '1'}),
          Name.of(longest));
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Makes all so far the first tree; what follows is the history. Returns what makes the first
   * tree.
   */
  List<FileOperation> endSetup() {
    for (int handle : model.files().openHandles()) {
      emit(new FileOperation.Close(handle));
    }
    List<FileOperation> setup =
        operations.stream().map(operation -> (FileOperation) operation).toList();
    operations.clear();
    model = new CheckpointModel(model.files());
    return setup;
  }

  List<Operation> operations() {
    return operations;
  }

  CheckpointModel model() {
    return model;
  }

  Profile profile() {
    return profile;
  }

  /** Adds an operation, if it is allowed; returns whether it succeeds. */
  boolean emit(Operation operation) {
    if (!model.allows(operation)) {
      return false;
    }
    operations.add(operation);
    return !model.perform(operation).isError();
  }

  /** A number from 0 to {@code bound} - 1. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** True in one of {@code n} cases. */
  boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  int oneOf(int... values) {
    return values[random.nextInt(values.length)];
  }

  <T> @Nullable T oneOf(List<T> values) {
    return values.isEmpty() ? null : values.get(random.nextInt(values.size()));
  }

  /** Everything in the tree that has a name and meets a condition. */
  List<Place> places(Predicate<Place> wanted) {
    List<Place> found = new ArrayList<>();
    collect(new Place(TreePath.ROOT, model.files().root()), wanted, found);
    return found;
  }

  private static void collect(Place directory, Predicate<Place> wanted, List<Place> found) {
    for (Map.Entry<Name, ModelFile> child : directory.file().children().entrySet()) {
      Place place = new Place(directory.path().child(child.getKey()), child.getValue());
      if (wanted.test(place)) {
        found.add(place);
      }
      collect(place, wanted, found);
    }
  }

  @Nullable Place place(Predicate<Place> wanted) {
    return oneOf(places(wanted));
  }

  /** A directory, often the root. */
  Place directory() {
    Place root = new Place(TreePath.ROOT, model.files().root());
    Place found = oneIn(3) ? null : place(Place::isDirectory);
    return found == null ? root : found;
  }

  /** A name for a file in a directory. */
  Name name(TreePath directory) {
    Name name = names.get(random.nextInt(names.size()));
    return directory.isRoot() && name.equals(RESERVED) ? Name.of("b") : name;
  }

  /**
   * A path that nothing has, in a directory that is there; null when none was found, or the tree is
   * full.
   */
  @Nullable TreePath freePath() {
    if (places(any -> true).size() >= MAX_PLACES) {
      return null;
    }
    for (int i = 0; i < 8; i++) {
      Place directory = directory();
      Name name = name(directory.path());
      if (!directory.file().children().containsKey(name)) {
        return directory.path().child(name);
      }
    }
    return null;
  }

  /** Any path, of a file that is there or not. */
  TreePath anyPath() {
    Place base = oneIn(2) ? place(place -> true) : directory();
    TreePath path = base == null ? TreePath.ROOT : base.path();
    int more = below(3) + (path.isRoot() ? 1 : 0);
    for (int i = 0; i < more; i++) {
      path = path.child(name(path));
    }
    return path;
  }

  /** An open file that meets a condition, or null. */
  @Nullable Integer handle(Predicate<Integer> wanted) {
    return oneOf(model.files().openHandles().stream().sorted().filter(wanted).toList());
  }

  /** The smallest number that no open file has. */
  int freeHandle() {
    int handle = 1;
    while (model.files().openHandles().contains(handle)) {
      handle++;
    }
    return handle;
  }

  /** Bytes of this length; in some cases zeros. */
  Payload payload(int lengthBytes) {
    return new Payload(lengthBytes, oneIn(12) ? 0 : ++fills);
  }
}
