package dev.vfo.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vfo.VfoException;
import dev.vfo.apply.ModelTree.Node;
import dev.vfo.changes.ChangeSet;
import dev.vfo.journal.RootId;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A root on a storage with the little of an engine that apply needs: marks, plans, recovery. What
 * it knows between two recoveries is on the storage.
 */
final class ApplyWorld implements AutoCloseable {
  /** Makes the applier; tests put broken ones here. */
  interface Maker {
    Applier make(ApplyTarget target);
  }

  static final Maker PLAIN = resolving(target -> new Resolution.Refuse());

  /** What is done about conflicts in a root. */
  interface Policy {
    Resolution in(ApplyTarget target);
  }

  /** Makes appliers of a policy. */
  static Maker resolving(Policy policy) {
    return target ->
        new Applier(
            target, new ReentrantLock(), ApplyObserver.NONE, SpaceReserve.NONE, policy.in(target));
  }

  static final RootId ROOT_ID = new RootId(0x1122334455667788L, 0x99AABBCCDDEEFF00L);
  private static final Name CONTROL = Name.of(".vfo");
  private static final Name STAGE = Name.of("stage");
  private static final Name MARKS = Name.of("marks");

  final Storage storage;
  final int root;
  final int stage;
  private final int marks;
  private final int fileSystem;
  final Applier applier;

  private ApplyWorld(Storage storage, Path path, Maker maker) throws StorageException {
    this.storage = storage;
    this.root = storage.openRoot(path);
    this.fileSystem = storage.openRoot(path);
    int control = openDirectory(root, CONTROL);
    this.stage = openDirectory(control, STAGE);
    this.marks = openDirectory(control, MARKS);
    storage.close(control);
    this.applier = maker.make(new ApplyTarget(storage, ROOT_ID, root, stage, fileSystem));
  }

  /** Makes an empty root durable. */
  static ApplyWorld create(Storage storage, Path path) throws StorageException {
    int root = storage.openRoot(path);
    storage.makeDirectory(root, CONTROL, 0700);
    int control = storage.open(root, CONTROL, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
    storage.makeDirectory(control, STAGE, 0700);
    storage.makeDirectory(control, MARKS, 0700);
    storage.close(control);
    storage.syncFileSystem(root);
    storage.close(root);
    return open(storage, path, PLAIN);
  }

  static ApplyWorld open(Storage storage, Path path, Maker maker) throws StorageException {
    return new ApplyWorld(storage, path, maker);
  }

  private int openDirectory(int parent, Name name) throws StorageException {
    return storage.open(parent, name, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
  }

  @Override
  public void close() throws StorageException {
    for (int fd : List.of(marks, stage, fileSystem, root)) {
      storage.close(fd);
    }
  }

  // What was there before VFO

  /**
   * Makes a tree at home, all of it durable; returns the same with the files' real numbers, and
   * what they are.
   */
  ModelTree populate(ModelTree wanted, Map<Long, FileIdentity> identities) throws StorageException {
    FileIdentity rootIdentity = storage.stat(root).identity();
    ModelTree tree = new ModelTree(rootIdentity.inode());
    identities.put(rootIdentity.inode(), rootIdentity);
    Map<Long, Node> made = new HashMap<>();
    made.put(wanted.root.number, tree.root);
    Deque<Node> open = new ArrayDeque<>();
    open.add(wanted.root);
    while (!open.isEmpty()) {
      Node directory = open.remove();
      int fd = openPath(pathOf(wanted, directory));
      for (Map.Entry<Name, Node> child : directory.children.entrySet()) {
        makeOrLink(fd, child.getKey(), child.getValue(), wanted, made, identities);
        made.get(directory.number).children.put(child.getKey(), made.get(child.getValue().number));
        if (child.getValue().isDirectory()) {
          open.add(child.getValue());
        }
      }
      storage.close(fd);
    }
    setTimes(tree);
    storage.syncFileSystem(fileSystem);
    return tree;
  }

  private void makeOrLink(
      int fd,
      Name name,
      Node node,
      ModelTree wanted,
      Map<Long, Node> made,
      Map<Long, FileIdentity> identities)
      throws StorageException {
    Node known = made.get(node.number);
    if (known != null) {
      ModelTree.Place first = wanted.places().get(node.number).iterator().next();
      int from = openPath(pathOf(wanted, first.directory()));
      storage.link(from, first.name(), fd, name);
      storage.close(from);
      return;
    }
    make(fd, name, node);
    FileStat stat = storage.stat(fd, name);
    identities.put(stat.identity().inode(), stat.identity());
    Node copy = new Node(stat.identity().inode(), node.type);
    copy.content = node.content;
    copy.mode = stat.mode();
    copy.uid = stat.uid();
    copy.gid = stat.gid();
    copy.modifyNanos = node.modifyNanos;
    made.put(node.number, copy);
  }

  private void make(int fd, Name name, Node node) throws StorageException {
    switch (node.type) {
      case DIRECTORY -> storage.makeDirectory(fd, name, node.mode);
      case SYMLINK -> storage.makeSymlink(fd, name, node.content);
      case REGULAR -> write(fd, name, node.content);
      default -> storage.makeNode(fd, name, node.type, node.mode, 0);
    }
  }

  void write(int directory, Name name, byte[] content) throws StorageException {
    int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE;
    int fd = storage.open(directory, name, flags, 0644);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(Math.max(1, content.length));
      MemorySegment.copy(content, 0, memory, ValueLayout.JAVA_BYTE, 0, content.length);
      new OpenFile(storage, fd).write(memory.asSlice(0, content.length), 0);
    }
    storage.close(fd);
  }

  private void setTimes(ModelTree tree) throws StorageException {
    for (Node node : tree.nodes()) {
      if (node != tree.root) {
        ModelTree.Place place = tree.places().get(node.number).iterator().next();
        int fd = openPath(pathOf(tree, place.directory()));
        storage.setTimes(fd, place.name(), node.modifyNanos, node.modifyNanos);
        storage.close(fd);
      }
    }
    tree.root.modifyNanos = storage.stat(root).modifyNanos();
    tree.root.mode = storage.stat(root).mode();
  }

  /** The names that lead to a directory. */
  private static List<Name> pathOf(ModelTree tree, Node directory) {
    Map<Long, java.util.Set<ModelTree.Place>> places = tree.places();
    List<Name> path = new ArrayList<>();
    Node at = directory;
    while (at != tree.root) {
      ModelTree.Place place = places.get(at.number).iterator().next();
      path.addFirst(place.name());
      at = place.directory();
    }
    return path;
  }

  private int openPath(List<Name> path) throws StorageException {
    int fd = storage.reopen(root, OpenFlag.READ | OpenFlag.DIRECTORY);
    for (Name name : path) {
      int next = openDirectory(fd, name);
      storage.close(fd);
      fd = next;
    }
    return fd;
  }

  // Recovery

  /** Applies what is not applied, as an engine does when it opens. */
  void recover(List<ChangeSet> layers) throws StorageException, VfoException {
    Map<Long, FileIdentity> earlier = new HashMap<>();
    for (LayerPlan plan : applier.plans()) {
      earlier.putAll(plan.created());
    }
    // A mark that a killed process left could still get lost, and what is cleaned because of it
    // would not come back.
    storage.sync(marks);
    long applied = applied(layers);
    for (ChangeSet layer : layers) {
      if (layer.layer() > applied) {
        AppliedMark mark = () -> mark(layer.layer());
        earlier.putAll(apply(layer, earlier, mark));
      }
    }
    applier.clean(layers.getLast().layer(), 0);
  }

  /** Applies a layer; an error must say which one, but for an error of the mark. */
  private Map<Long, FileIdentity> apply(
      ChangeSet layer, Map<Long, FileIdentity> earlier, AppliedMark mark)
      throws StorageException, VfoException {
    Set<StorageException> ofMark = new HashSet<>();
    try {
      return applier.apply(
          layer,
          earlier::get,
          () -> {
            try {
              mark.write();
            } catch (StorageException e) {
              ofMark.add(e);
              throw e;
            }
          });
    } catch (StorageException e) {
      boolean told = e.getMessage().startsWith("apply layer " + layer.layer() + ": ");
      assertEquals(ofMark.isEmpty(), told, e.getMessage());
      throw e;
    }
  }

  /** The newest layer that is marked. */
  long applied(List<ChangeSet> layers) throws StorageException {
    long applied = 0;
    for (ChangeSet layer : layers) {
      if (ApplyErrors.statOrNull(storage, marks, StageNames.folder(layer.layer())) != null) {
        applied = layer.layer();
      }
    }
    return applied;
  }

  private void mark(long layer) throws StorageException {
    storage.makeDirectory(marks, StageNames.folder(layer), 0700);
    storage.sync(marks);
  }

  // What is there

  /** The tree as text: a line for each name, with all that is known of its file. */
  List<String> describe(Map<Long, FileIdentity> identities) throws StorageException, VfoException {
    Map<FileIdentity, Long> numbers = new HashMap<>();
    identities.forEach((number, identity) -> numbers.put(identity, number));
    for (LayerPlan plan : applier.plans()) {
      plan.created().forEach((number, identity) -> numbers.put(identity, number));
    }
    List<String> lines = new ArrayList<>();
    describe("", root, numbers, lines);
    int orphans;
    try {
      orphans = openDirectory(stage, StageNames.ORPHANS);
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
      return lines;
    }
    describe("orphans", orphans, numbers, lines);
    storage.close(orphans);
    lines.removeIf(line -> line.startsWith("orphans DIRECTORY"));
    return lines;
  }

  private void describe(String path, int fd, Map<FileIdentity, Long> numbers, List<String> lines)
      throws StorageException {
    lines.add(line(path, storage.stat(fd), "", numbers));
    for (Map.Entry<Name, FileType> child : children(fd).entrySet()) {
      Name name = child.getKey();
      String childPath = path + "/" + name;
      if (child.getValue() == FileType.DIRECTORY) {
        int inner = openDirectory(fd, name);
        describe(childPath, inner, numbers, lines);
        storage.close(inner);
      } else {
        lines.add(line(childPath, storage.stat(fd, name), content(fd, name), numbers));
      }
    }
  }

  /**
   * Is shown everything below the root, in the order of names, directories before what they have.
   */
  interface Visitor {
    void visit(FileIdentity directory, Name name, FileStat stat, String content);
  }

  /** Shows everything but the control folder. */
  void walk(Visitor visitor) throws StorageException {
    int fd = storage.reopen(root, OpenFlag.READ | OpenFlag.DIRECTORY);
    walk(fd, visitor);
  }

  private void walk(int fd, Visitor visitor) throws StorageException {
    FileIdentity directory = storage.stat(fd).identity();
    for (Map.Entry<Name, FileType> child : children(fd).entrySet()) {
      Name name = child.getKey();
      visitor.visit(directory, name, storage.stat(fd, name), content(fd, name));
      if (child.getValue() == FileType.DIRECTORY) {
        walk(openDirectory(fd, name), visitor);
      }
    }
    storage.close(fd);
  }

  /** What is in a directory, without the control folder. */
  private Map<Name, FileType> children(int fd) throws StorageException {
    Map<Name, FileType> children = new TreeMap<>();
    storage.list(
        fd,
        (name, inode, type) -> {
          children.put(name, type);
          return true;
        });
    children.remove(CONTROL);
    return children;
  }

  private static String line(
      String path, FileStat stat, String content, Map<FileIdentity, Long> numbers) {
    Long number = numbers.get(stat.identity());
    return "%s %s %s %o %d:%d %d %s"
        .formatted(
            path,
            stat.type(),
            number == null ? stat.identity() : Long.toHexString(number),
            stat.mode(),
            stat.uid(),
            stat.gid(),
            stat.modifyNanos(),
            content);
  }

  private String content(int directory, Name name) throws StorageException {
    FileStat stat = storage.stat(directory, name);
    if (stat.type() == FileType.SYMLINK) {
      return text(storage.readSymlink(directory, name));
    }
    if (stat.type() != FileType.REGULAR) {
      return "";
    }
    try (OpenFile file = OpenFile.open(storage, directory, name, OpenFlag.READ, 0);
        Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(Math.max(1, stat.sizeBytes()));
      MemorySegment found = memory.asSlice(0, stat.sizeBytes());
      file.read(found, 0);
      return text(found.toArray(ValueLayout.JAVA_BYTE));
    }
  }

  /** What {@link #describe} is to find. */
  static List<String> expected(ModelTree tree) {
    List<String> lines = new ArrayList<>();
    expect("", tree.root, lines);
    Map<Name, Node> orphans = new TreeMap<>();
    tree.orphans.forEach((number, node) -> orphans.put(StageNames.object(number), node));
    orphans.forEach((name, node) -> expect("orphans/" + name, node, lines));
    return lines;
  }

  private static void expect(String path, Node node, List<String> lines) {
    lines.add(
        "%s %s %s %o %d:%d %d %s"
            .formatted(
                path,
                node.type,
                Long.toHexString(node.number),
                node.mode,
                node.uid,
                node.gid,
                node.modifyNanos,
                node.isDirectory() ? "" : text(node.content)));
    node.children.forEach((name, child) -> expect(path + "/" + name, child, lines));
  }

  static String text(byte[] bytes) {
    return bytes.length <= 40
        ? HexFormat.of().formatHex(bytes)
        : bytes.length + " bytes, " + java.util.Arrays.hashCode(bytes);
  }
}
