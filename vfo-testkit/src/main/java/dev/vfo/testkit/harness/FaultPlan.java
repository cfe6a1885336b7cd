package dev.vfo.testkit.harness;

import dev.vfo.storage.Errno;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.Operation;
import dev.vfo.testkit.SimulatedStorage;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What is to go wrong in one run of a history.
 *
 * @param fault a fault of the storage, or null
 * @param mayFail whether operations may fail; those of a storage that only transfers less than it
 *     could may not
 * @param fullAt index of the operation before which the disk gets full, or -1
 * @param freeBytes how much room it has then
 * @param freeInodes how many files can be made then
 */
record FaultPlan(
    @Nullable Fault fault, boolean mayFail, int fullAt, long freeBytes, long freeInodes) {
  private static final long NO_LIMIT = 1L << 30;

  /**
   * Draws one.
   *
   * @param run the storage after the history was run without a fault, to know what there is to hit
   * @param operations how many operations the history has
   */
  static FaultPlan draw(SplittableRandom random, SimulatedStorage run, int operations) {
    int kind = random.nextInt(10);
    if (kind == 0) {
      return fullDisk(random, operations);
    }
    long changes = Math.max(1, run.faults().changeCount());
    long change = 1 + random.nextLong(changes);
    Fault fault =
        switch (kind) {
          case 1 -> Fault.shortTransfer().atCall(1 + random.nextLong(transfers(run)));
          case 2 -> Fault.error(Errno.EIO).atCall(1 + random.nextLong(run.callCount()));
          case 3 -> onSpace(Fault.error(Errno.ENOSPC)).atCall(1 + random.nextLong(changes));
          case 4, 5 -> onSync(Fault.error(Errno.EIO)).atCall(1 + random.nextLong(syncs(run)));
          case 9 -> Fault.writeBackError().atChange(change);
          case 6 -> onNames(Fault.errorAfterEffect(Errno.EIO)).atCall(1 + random.nextLong(changes));
          default -> Fault.error(Errno.EIO).atChange(change);
        };
    Fault once = random.nextInt(3) == 0 ? fault.forEver() : fault;
    return new FaultPlan(once, kind != 1, -1, NO_LIMIT, NO_LIMIT);
  }

  private static FaultPlan fullDisk(SplittableRandom random, int operations) {
    long bytes = random.nextBoolean() ? 0 : 4096L * random.nextInt(64);
    boolean inodes = random.nextInt(4) == 0;
    return new FaultPlan(
        null,
        true,
        random.nextInt(operations + 1),
        inodes ? NO_LIMIT : bytes,
        inodes ? random.nextInt(4) : NO_LIMIT);
  }

  private static Fault onSync(Fault fault) {
    return fault.on(Operation.SYNC, Operation.DATA_SYNC, Operation.SYNC_FILE_SYSTEM);
  }

  /** Only where Linux may have no space. */
  private static Fault onSpace(Fault fault) {
    return fault.on(
        Operation.WRITE,
        Operation.ALLOCATE,
        Operation.COPY_RANGE,
        Operation.MAKE_DIRECTORY,
        Operation.MAKE_NODE,
        Operation.MAKE_SYMLINK,
        Operation.LINK,
        Operation.RENAME,
        Operation.SET_XATTR);
  }

  /** Where a network file system may answer with an error to what it did. */
  private static Fault onNames(Fault fault) {
    return fault.on(
        Operation.MAKE_DIRECTORY,
        Operation.MAKE_SYMLINK,
        Operation.LINK,
        Operation.RENAME,
        Operation.UNLINK,
        Operation.REMOVE_DIRECTORY,
        Operation.CHANGE_MODE,
        Operation.CHANGE_OWNER,
        Operation.SET_TIMES);
  }

  private static long syncs(SimulatedStorage run) {
    return Math.max(1, count(run, Operation.SYNC, Operation.DATA_SYNC, Operation.SYNC_FILE_SYSTEM));
  }

  private static long transfers(SimulatedStorage run) {
    return Math.max(1, count(run, Operation.READ, Operation.WRITE, Operation.COPY_RANGE));
  }

  private static long count(SimulatedStorage run, Operation... operations) {
    long sum = 0;
    for (Operation operation : operations) {
      sum += run.faults().callCount(operation);
    }
    return sum;
  }

  /**
   * Whether what was committed must be applied all the same: space can be reserved, the right to
   * make files cannot.
   */
  boolean isReserveEnough() {
    return isFullDisk() && freeInodes == NO_LIMIT;
  }

  /** Whether the disk gets really full, which is no damage. */
  boolean isFullDisk() {
    return fullAt >= 0;
  }

  /** Lets it begin on a storage, before an operation. */
  void begin(SimulatedStorage storage, int operation) {
    if (fault != null && operation == -1) {
      storage.faults().add(fault);
    }
    if (isFullDisk() && operation == fullAt) {
      storage.setAvailableBytes(freeBytes);
      storage.setAvailableInodes(freeInodes);
    }
  }

  /** Lets it end. */
  void end(SimulatedStorage storage) {
    storage.faults().clear();
    storage.setAvailableBytes(NO_LIMIT);
    storage.setAvailableInodes(NO_LIMIT);
  }

  @Override
  public String toString() {
    return fault == null
        ? "disk full at operation %d, %d bytes and %d files left"
            .formatted(fullAt, freeBytes, freeInodes)
        : fault.toString();
  }
}
