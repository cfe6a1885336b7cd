package dev.vfo.testkit;

import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system in memory that keeps what is durable apart from what is not, fails where it is told
 * to, and shows what a power loss can leave: exactly what C1.. in {@code docs/guarantees.md} allow.
 *
 * <p>It is one tree. A call ({@link SimulatedCalls}) goes through the {@link CallGate}, where it is
 * counted, traced and perhaps spoiled ({@link Faults}), to {@link NameCalls}, {@link FileCalls},
 * {@link SyncCalls} or {@link AttributeCalls}, which answer as Linux does for its user 0 and change
 * the {@link Disk}: names and their pending operations ({@link NameLog}, {@link NameOrder}),
 * contents ({@link FileContent}), descriptors and space. {@link #crash} makes another storage out
 * of it ({@link CrashMaterializer}, {@link CrashPolicy}) and leaves this one as it is, so that one
 * state can be crashed often. {@link #fork} is cheap too.
 *
 * <p>Deterministic: the same options and calls give the same answers, the same crash seed the same
 * outcome. Safe for use by many threads.
 */
public final class SimulatedStorage extends SimulatedCalls implements Storage {
  private final Object lock;
  private final Faults faults;
  private final Trace trace;

  /** An empty file system with {@link SimulationOptions#defaults}. */
  public SimulatedStorage() {
    this(SimulationOptions.defaults());
  }

  /** An empty file system: a root directory with mode 0755. */
  public SimulatedStorage(SimulationOptions options) {
    this(Disk.empty(options), 0);
  }

  private SimulatedStorage(Disk disk, int traceLimit) {
    this(new Object(), disk, new Trace(traceLimit));
  }

  private SimulatedStorage(Object lock, Disk disk, Trace trace) {
    this(lock, disk, new Faults(lock), trace);
  }

  private SimulatedStorage(Object lock, Disk disk, Faults faults, Trace trace) {
    super(lock, disk, faults, trace);
    this.lock = lock;
    this.faults = faults;
    this.trace = trace;
  }

  // What tests do with it

  /** A storage in the same state, descriptors and all, but without faults and counts. */
  public SimulatedStorage fork() {
    synchronized (lock) {
      return new SimulatedStorage(disk.copy(), trace.limit());
    }
  }

  /**
   * What is found after a power loss, see {@link CrashMode#RANDOM}. This storage stays as it is.
   */
  public SimulatedStorage crash(long seed) {
    return crash(CrashMode.RANDOM, seed);
  }

  /**
   * What is found after a power loss: a storage without descriptors and locks, all of which is
   * durable. This storage stays as it is. Faults and counts are new.
   */
  public SimulatedStorage crash(CrashMode mode, long seed) {
    synchronized (lock) {
      return new SimulatedStorage(new CrashMaterializer(disk, mode, seed).run(), trace.limit());
    }
  }

  /**
   * What is found when the process died but the system did not (C15): nothing is lost, what was not
   * synced still is not, and no descriptor is open. This storage stays as it is. Faults and counts
   * are new.
   */
  public SimulatedStorage killProcess() {
    SimulatedStorage copy = fork();
    for (Descriptor descriptor : copy.disk.descriptors.all()) {
      copy.files.close(descriptor);
    }
    return copy;
  }

  /** The faults to come, and the counts of calls. */
  public Faults faults() {
    return faults;
  }

  /** Number of calls so far, see {@link Faults#callCount}. */
  public long callCount() {
    return faults.callCount();
  }

  /** Starts to keep the last calls as text; 0 stops. Costs a few microseconds a call. */
  public void trace(int calls) {
    synchronized (lock) {
      trace.setLimit(calls);
    }
  }

  /** The last calls, oldest first, each with its number and how it ended. */
  public List<String> traceLines() {
    synchronized (lock) {
      return trace.lines();
    }
  }

  /**
   * Makes a directory at an outside path, with mode 0755, and those above it as needed. Everything
   * in the tree is durable afterwards. Not counted as a call.
   */
  public void makeDirectory(Path path) throws StorageException {
    synchronized (lock) {
      new PathWalk(disk, "makeDirectory", path).madeDirectory(names);
      syncs.syncEverything();
    }
  }

  /** Sets how much can still be allocated. What has been freed is free for good then. */
  public void setAvailableBytes(long bytes) {
    synchronized (lock) {
      disk.commitFreed();
      disk.space.setFreeBlocks(bytes / Page.BYTES);
    }
  }

  /** Sets how many files can still be made. */
  public void setAvailableInodes(long count) {
    synchronized (lock) {
      disk.commitFreed();
      disk.space.setFreeInodes(count);
    }
  }

  /**
   * Mounts it read-only, or not. Files that are open for writing can then not be written either.
   */
  public void setReadOnly(boolean readOnly) {
    synchronized (lock) {
      disk.options = disk.options.withReadOnly(readOnly);
    }
  }

  /** Number of descriptors that are open. */
  public int openDescriptors() {
    synchronized (lock) {
      return disk.descriptors.all().size();
    }
  }

  /**
   * The open descriptors, each as its number with the path by which it was opened; to find leaks.
   */
  public List<String> describeDescriptors() {
    synchronized (lock) {
      return disk.descriptors.all().stream().map(Descriptor::toString).toList();
    }
  }

  /** Number of name operations that are not durable. */
  public int pendingNameOperations() {
    synchronized (lock) {
      return disk.log.pending().size();
    }
  }

  /** Bytes in use, in blocks of 4 KiB. */
  public long usedBytes() {
    synchronized (lock) {
      return disk.space.usedBlocks() * Page.BYTES;
    }
  }

  /**
   * Checks the structure; throws IllegalStateException with what is wrong. For tests of the
   * simulator itself.
   */
  public void check() {
    synchronized (lock) {
      new DiskCheck(disk).run();
    }
  }
}
