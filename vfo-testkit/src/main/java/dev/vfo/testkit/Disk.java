package dev.vfo.testkit;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The state of a simulated file system: inodes, names, space and descriptors, each as programs see
 * it and as it is durable. For one thread at a time.
 */
final class Disk implements BlockSource {
  private static final long FIRST_NANOS = 1_767_225_600_000_000_000L;
  private static final long TICK_NANOS = 1_000;

  final InodeTable inodes;
  final NameLog log;
  final Space space;
  final DescriptorTable descriptors;
  final Chance chance;

  SimulationOptions options;

  /** How often writing back dirty pages failed, in any file (C10). */
  long writeErrors;

  private long ticks;

  Disk(
      SimulationOptions options,
      InodeTable inodes,
      NameLog log,
      Space space,
      DescriptorTable descriptors,
      Chance chance,
      long ticks) {
    this.options = options;
    this.inodes = inodes;
    this.log = log;
    this.space = space;
    this.descriptors = descriptors;
    this.chance = chance;
    this.ticks = ticks;
  }

  /** An empty file system: a root directory with mode 0755. */
  static Disk empty(SimulationOptions options) {
    Disk disk =
        new Disk(
            options,
            new InodeTable(),
            new NameLog(),
            new Space(options.capacityBytes() / Page.BYTES, options.capacityInodes()),
            new DescriptorTable(options.maxDescriptors()),
            new Chance(options.seed()),
            0);
    long serial = disk.inodes.nextSerial();
    Attributes attributes = Attributes.of(0755, options.uid(), options.gid(), disk.now());
    Directory names = new Directory(serial);
    Inode root =
        new Inode(
            serial,
            disk.inodes.takeNumber().number(),
            FileType.DIRECTORY,
            0,
            null,
            null,
            names,
            attributes,
            attributes);
    root.links = 1;
    root.durableLinks = 1;
    root.extraBlocks = 1;
    disk.space.takeInode();
    disk.space.takeBlocks(1);
    disk.inodes.add(root);
    return disk;
  }

  Disk copy() {
    Disk copy =
        new Disk(
            options,
            inodes.copy(),
            log.copy(),
            space.copy(),
            descriptors.copy(),
            chance.copy(),
            ticks);
    copy.writeErrors = writeErrors;
    return copy;
  }

  long ticks() {
    return ticks;
  }

  long now() {
    LongSupplier clock = options.clockNanos();
    if (clock != null) {
      return clock.getAsLong();
    }
    ticks++;
    return FIRST_NANOS + ticks * TICK_NANOS;
  }

  // Lookup

  Descriptor descriptor(int fd, String operation) throws StorageException {
    Descriptor found = descriptors.get(fd);
    if (found == null) {
      throw new StorageException(Errno.EBADF, operation, "descriptor " + fd);
    }
    return found;
  }

  Inode inode(Descriptor descriptor) {
    return inodes.get(descriptor.inode);
  }

  /** The directory that a descriptor refers to. */
  Inode directory(Descriptor descriptor, String operation) throws StorageException {
    Inode inode = inode(descriptor);
    if (!inode.isDirectory()) {
      throw refusal(Errno.ENOTDIR, operation, descriptor);
    }
    return inode;
  }

  /** The file with a name in a directory, or null. */
  @Nullable Inode find(Inode directory, Name name) {
    Long serial = directory.entries().names.get(name);
    return serial == null ? null : inodes.get(serial);
  }

  static StorageException refusal(Errno errno, String operation, Descriptor descriptor) {
    return new StorageException(errno, operation, descriptor.toString());
  }

  static StorageException refusal(Errno errno, String operation, Descriptor directory, Name name) {
    return new StorageException(errno, operation, pathOf(directory, name));
  }

  static String pathOf(Descriptor directory, Name name) {
    return directory.path.equals("/") ? "/" + name : directory.path + "/" + name;
  }

  void checkWritable(String operation, String subject) throws StorageException {
    if (options.readOnly()) {
      throw new StorageException(Errno.EROFS, operation, subject);
    }
  }

  // Space

  @Override
  public boolean take() {
    if (space.isFreeOnlyInMemory(1)) {
      commitFreed();
    }
    return space.takeBlocks(1);
  }

  @Override
  public void give(long freed, long lingering) {
    space.giveBlocks(freed, lingering);
  }

  /** Makes durable what was freed, as a file system does before it uses such blocks again. */
  void commitFreed() {
    flushNames(operation -> true);
    for (Inode inode : inodes.all()) {
      if (inode.lingering() > 0) {
        space.settle(inode.file().sync());
      }
    }
  }

  // Inodes

  /**
   * A new file, without a name yet. Some of what it is only comes with its first sync: the umask
   * was applied when it was made.
   *
   * @param owner directory that it will lie in
   * @return null when there are too many files
   */
  @Nullable Inode create(
      Inode owner, FileType type, int mode, long device, byte @Nullable [] target) {
    if (inodes.size() >= space.totalInodes()) {
      flushNames(operation -> true);
    }
    if (!space.takeInode()) {
      return null;
    }
    boolean inherits = (owner.attributes.mode() & 02000) != 0;
    int gid = inherits ? owner.attributes.gid() : options.gid();
    long serial = inodes.nextSerial();
    InodeTable.FreeNumber number = inodes.takeNumber();
    Attributes attributes = Attributes.of(mode & 07777, options.uid(), gid, now());
    Inode inode =
        new Inode(
            serial,
            number.number(),
            type,
            device,
            target,
            type == FileType.REGULAR ? new FileContent() : null,
            type == FileType.DIRECTORY ? new Directory(owner.serial) : null,
            attributes,
            attributes.masked(type == FileType.DIRECTORY));
    inode.former = number.former();
    inodes.add(inode);
    return inode;
  }

  /**
   * Gives the number and the blocks of a file back when no name and no descriptor leads to it any
   * more.
   */
  void releaseIfGone(Inode inode) {
    if (inode.links > 0 || inode.opens > 0 || inode.isReleased) {
      return;
    }
    inode.isReleased = true;
    space.giveInode();
    boolean mayReturn = inode.durableLinks > 0 || inode.pendingNames > 0;
    space.giveBlocks(inode.blocks(), inode.blocks());
    inode.keepsNumber = mayReturn && !isNumberFreeAtOnce(inode);
    if (!inode.keepsNumber) {
      inodes.giveNumber(new InodeTable.FreeNumber(inode.number, mayReturn ? inode.serial : 0));
    }
    forgetIfGone(inode);
  }

  /**
   * Half of the numbers are free when the removal is done, the others when it is durable: both
   * happens.
   */
  private boolean isNumberFreeAtOnce(Inode inode) {
    return Chance.seed(options.seed(), inode.serial) < 0;
  }

  /** Drops a file that is released and that no crash could bring back. */
  private void forgetIfGone(Inode inode) {
    if (!inode.isReleased || inode.durableLinks > 0 || inode.pendingNames > 0) {
      return;
    }
    inodes.remove(inode);
    if (inode.keepsNumber) {
      inodes.giveNumber(new InodeTable.FreeNumber(inode.number, 0));
    }
    space.settle(inode.blocks() + inode.lingering());
  }

  // Names

  /** Does a name operation; returns its number. */
  long change(List<SlotChange> changes) {
    long sequence = log.add(changes, new NameOrder(this).of(changes));
    for (SlotChange change : changes) {
      remove(change);
    }
    for (SlotChange change : changes) {
      put(change, sequence);
    }
    for (SlotChange change : changes) {
      if (change.before() != SlotChange.NONE) {
        releaseIfGone(inodes.get(change.before()));
      }
    }
    return sequence;
  }

  private void remove(SlotChange change) {
    Directory directory = inodes.get(change.directory()).entries();
    directory.names.remove(change.name());
    if (change.before() != SlotChange.NONE) {
      Inode inode = inodes.get(change.before());
      inode.links--;
      inode.pendingNames++;
      directory.subdirectories -= inode.isDirectory() ? 1 : 0;
    }
  }

  private void put(SlotChange change, long sequence) {
    if (change.after() == SlotChange.NONE) {
      return;
    }
    Directory directory = inodes.get(change.directory()).entries();
    directory.names.put(change.name(), change.after());
    Inode inode = inodes.get(change.after());
    inode.links++;
    inode.pendingNames++;
    if (inode.isDirectory()) {
      directory.subdirectories++;
      inode.entries().parent = change.directory();
      inode.entries().placedBy = sequence;
    }
  }

  /** Makes name operations durable, with those that they come after. */
  void flushNames(Predicate<NameOperation> kind) {
    for (NameOperation operation : log.take(kind)) {
      for (SlotChange change : operation.changes()) {
        applyDurably(change);
      }
    }
  }

  private void applyDurably(SlotChange change) {
    CowMap<Name, Long> names = inodes.get(change.directory()).entries().durable;
    apply(change, names);
    if (change.before() != SlotChange.NONE) {
      Inode inode = inodes.get(change.before());
      inode.durableLinks--;
      inode.pendingNames--;
    }
    if (change.after() != SlotChange.NONE) {
      Inode inode = inodes.get(change.after());
      inode.durableLinks++;
      inode.pendingNames--;
    }
    if (change.before() != SlotChange.NONE) {
      forgetIfGone(inodes.get(change.before()));
    }
  }

  /**
   * Changes an entry of names that are durable; IllegalStateException when it is not as the
   * operation found it.
   */
  static void apply(SlotChange change, CowMap<Name, Long> names) {
    Long before = names.get(change.name());
    if ((before == null ? SlotChange.NONE : before) != change.before()) {
      throw new IllegalStateException("out of order: " + change + " on " + before);
    }
    if (change.after() == SlotChange.NONE) {
      names.remove(change.name());
    } else {
      names.put(change.name(), change.after());
    }
  }
}
