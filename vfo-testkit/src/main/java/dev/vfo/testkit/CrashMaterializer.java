package dev.vfo.testkit;

import dev.vfo.storage.Name;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the file system that is found after a power loss: what is durable, and a legal part of what
 * is not. Used once.
 */
final class CrashMaterializer {
  /** Of so many random crashes one is of each of the other modes. */
  private static final int RANDOM_OF_MODES = 24;

  private final Disk before;
  private final CrashMode mode;
  private final long seed;
  private final Chance chance;
  private final InodeTable inodes;
  private final Map<Long, CowMap<Name, Long>> names = new HashMap<>();
  private final Deque<Long> unvisited = new ArrayDeque<>();

  CrashMaterializer(Disk before, CrashMode mode, long seed) {
    this.before = before;
    this.seed = seed;
    this.chance = new Chance(seed);
    this.mode = resolve(mode);
    this.inodes = before.inodes.successor();
  }

  private CrashMode resolve(CrashMode asked) {
    if (asked != CrashMode.RANDOM) {
      return asked;
    }
    List<CrashMode> modes = List.of(CrashMode.values());
    int draw = chance.below(RANDOM_OF_MODES);
    return draw < modes.size() ? modes.get(draw) : CrashMode.RANDOM;
  }

  /** The file system as it is found: all of it durable, nothing open. */
  Disk run() {
    for (NameOperation operation : survivors()) {
      for (SlotChange change : operation.changes()) {
        Disk.apply(change, namesOf(change.directory()));
      }
    }
    find(InodeTable.ROOT, InodeTable.ROOT);
    while (!unvisited.isEmpty()) {
      visit(unvisited.removeFirst());
    }
    inodes.findFreeNumbers();
    SimulationOptions options = before.options.withSeed(Chance.seed(before.options.seed(), seed));
    return new Disk(
        options,
        inodes,
        before.log.successor(),
        space(),
        new DescriptorTable(options.maxDescriptors()),
        new Chance(options.seed()),
        before.ticks());
  }

  private List<NameOperation> survivors() {
    return switch (mode) {
      case RANDOM -> before.log.survivors(chance);
      case LOSE_ALL, KEEP_DATA -> List.of();
      case KEEP_ALL, KEEP_NAMES, KEEP_NAMES_AND_SIZES, GARBAGE -> before.log.pending();
    };
  }

  private CowMap<Name, Long> namesOf(long directory) {
    return names.computeIfAbsent(
        directory, serial -> before.inodes.get(serial).entries().durable.copy());
  }

  /** Takes a name of a file into account. */
  private void find(long serial, long parent) {
    if (inodes.has(serial)) {
      Inode known = inodes.get(serial);
      if (known.isDirectory()) {
        throw new IllegalStateException("a directory with two names: inode " + known.number);
      }
      known.links++;
      known.durableLinks++;
      return;
    }
    Inode found = found(before.inodes.get(serial), parent);
    found.links = 1;
    found.durableLinks = 1;
    inodes.add(found);
    if (found.isDirectory()) {
      unvisited.add(serial);
      if (serial != InodeTable.ROOT) {
        inodes.get(parent).entries().subdirectories++;
      }
    }
  }

  private void visit(long directory) {
    for (Map.Entry<Name, Long> entry : namesOf(directory).entries()) {
      find(entry.getValue(), directory);
    }
  }

  /**
   * A file with what is found on the disk of it. Its choices come from its serial number, not from
   * the order of visits.
   */
  private Inode found(Inode inode, long parent) {
    FileContent content = inode.content;
    Attributes attributes = inode.attributes;
    if (!attributes.equals(inode.durableAttributes) || (content != null && content.isDirty())) {
      Chance own = new Chance(Chance.seed(seed, inode.serial));
      CrashPolicy policy = new CrashPolicy(mode, before.options.tearing(), own);
      attributes = policy.attributes(inode.durableAttributes, attributes);
      content = content == null ? null : policy.content(content);
    } else if (content != null) {
      content = content.clean();
    }
    Directory directory =
        inode.isDirectory() ? Directory.durable(namesOf(inode.serial), parent) : null;
    Inode found = inode.with(content, directory, attributes, attributes);
    found.extraBlocks = inode.extraBlocks;
    found.hasXattrBlock = inode.hasXattrBlock;
    return found;
  }

  private Space space() {
    Space space = new Space(before.space.totalBlocks(), before.space.totalInodes());
    long blocks = 0;
    for (Inode inode : inodes.all()) {
      blocks += inode.blocks();
      space.takeInode();
    }
    if (!space.takeBlocks(blocks)) {
      throw new IllegalStateException(blocks + " blocks found of " + space.totalBlocks());
    }
    return space;
  }
}
