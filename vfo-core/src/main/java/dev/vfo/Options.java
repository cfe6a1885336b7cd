package dev.vfo;

import dev.vfo.storage.Storage;
import dev.vfo.storage.linux.LinuxStorage;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a manager is made with. Immutable; each {@code with} gives a changed copy. All that the
 * engine takes from the world is here, so that a program can be crash-tested with a simulated one.
 */
public final class Options {
  private static final long DEFAULT_MEMORY_BYTES = 256L << 20;
  private static final int DEFAULT_FIRST_SEGMENT_BYTES = 4 << 20;
  private static final int DEFAULT_MAX_SEGMENT_BYTES = 64 << 20;
  private static final int DEFAULT_UNAPPLIED_LAYERS = 8;
  private static final int DEFAULT_PREPARED_CHECKPOINTS = 64;

  /** Made when it is first needed, and shared by all managers that were not given another one. */
  private static @Nullable Executor sharedExecutor;

  private Storage storage = new LinuxStorage();
  private InstantSource clock = InstantSource.system();
  private RandomGenerator random = new SecureRandom();
  private Executor executor = task -> sharedExecutor().execute(task);
  private Timer timer = Options::runLater;
  private long memoryBytes = DEFAULT_MEMORY_BYTES;
  private long diskBytes = Long.MAX_VALUE;
  private int firstSegmentBytes = DEFAULT_FIRST_SEGMENT_BYTES;
  private int maxSegmentBytes = DEFAULT_MAX_SEGMENT_BYTES;
  private int maxUnappliedLayers = DEFAULT_UNAPPLIED_LAYERS;
  private int maxPreparedCheckpoints = DEFAULT_PREPARED_CHECKPOINTS;
  private RootListener rootListener = RootListener.NONE;
  private ConflictPolicy conflictPolicy = ConflictPolicy.REFUSE;
  private boolean unsupportedFileSystem;
  private @Nullable Path journalDirectory;
  private long processId = ProcessHandle.current().pid();

  private Options() {}

  private Options(Options other) {
    storage = other.storage;
    clock = other.clock;
    random = other.random;
    executor = other.executor;
    timer = other.timer;
    memoryBytes = other.memoryBytes;
    diskBytes = other.diskBytes;
    firstSegmentBytes = other.firstSegmentBytes;
    maxSegmentBytes = other.maxSegmentBytes;
    maxUnappliedLayers = other.maxUnappliedLayers;
    maxPreparedCheckpoints = other.maxPreparedCheckpoints;
    rootListener = other.rootListener;
    conflictPolicy = other.conflictPolicy;
    unsupportedFileSystem = other.unsupportedFileSystem;
    journalDirectory = other.journalDirectory;
    processId = other.processId;
  }

  private static synchronized Executor sharedExecutor() {
    Executor shared = sharedExecutor;
    if (shared == null) {
      shared =
          Executors.newFixedThreadPool(
              2, Thread.ofPlatform().daemon().name("vfo-apply-", 1).factory());
      sharedExecutor = shared;
    }
    return shared;
  }

  // One daemon thread of the JDK's, for all.
  private static void runLater(Duration delay, Runnable task) {
    CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS, Runnable::run)
        .execute(task);
  }

  /** The real disk and clock, 256 MiB of memory, background work in a daemon thread. */
  public static Options defaults() {
    return new Options();
  }

  /** Where the files are. */
  public Options withStorage(Storage changed) {
    Options copy = new Options(this);
    copy.storage = changed;
    return copy;
  }

  /** Where the time comes from. */
  public Options withClock(InstantSource changed) {
    Options copy = new Options(this);
    copy.clock = changed;
    return copy;
  }

  /** Where salts and root ids come from; must not repeat itself. */
  public Options withRandom(RandomGenerator changed) {
    Options copy = new Options(this);
    copy.random = changed;
    return copy;
  }

  /**
   * What runs the background work: applying layers, preparing segments. A task that never runs does
   * no harm.
   */
  public Options withExecutor(Executor changed) {
    Options copy = new Options(this);
    copy.executor = changed;
    return copy;
  }

  /** What waits before a stuck apply is tried again; the executor then tries it. */
  public Options withTimer(Timer changed) {
    Options copy = new Options(this);
    copy.timer = changed;
    return copy;
  }

  /**
   * The most memory that blocks may take, bytes, from 64 KiB on. What a step writes beyond that
   * waits for its checkpoint on the disk, in {@code .vfo}.
   */
  public Options withMemoryBytes(long changed) {
    if (changed < 64 << 10) {
      throw new IllegalArgumentException("memoryBytes " + changed + ": at least 65536");
    }
    Options copy = new Options(this);
    copy.memoryBytes = changed;
    return copy;
  }

  /**
   * The most that {@code .vfo} may take on the disk, bytes. A checkpoint that needs more fails as
   * on a full disk, and so does a write for which blocks have to leave memory.
   */
  public Options withDiskBytes(long changed) {
    if (changed < 64 << 10) {
      throw new IllegalArgumentException("diskBytes " + changed + ": at least 65536");
    }
    Options copy = new Options(this);
    copy.diskBytes = changed;
    return copy;
  }

  /** Length of the first journal segment, bytes: a multiple of 4096, at least 8192. */
  public Options withFirstSegmentBytes(int changed) {
    Options copy = new Options(this);
    copy.firstSegmentBytes = changed;
    return copy;
  }

  /**
   * Length at which segments stop to grow, likewise; a record that needs it gets a longer one. Also
   * the length of the part store's files.
   */
  public Options withMaxSegmentBytes(int changed) {
    Options copy = new Options(this);
    copy.maxSegmentBytes = changed;
    return copy;
  }

  /**
   * How many committed layers may wait to be applied before a checkpoint waits for them; from 1 on.
   */
  public Options withMaxUnappliedLayers(int changed) {
    if (changed < 1) {
      throw new IllegalArgumentException("maxUnappliedLayers " + changed + ": at least 1");
    }
    Options copy = new Options(this);
    copy.maxUnappliedLayers = changed;
    return copy;
  }

  /**
   * How many prepared checkpoints may wait for a decision; one more is refused. From 1 on, 64 by
   * default.
   */
  public Options withMaxPreparedCheckpoints(int changed) {
    if (changed < 1) {
      throw new IllegalArgumentException("maxPreparedCheckpoints " + changed + ": at least 1");
    }
    Options copy = new Options(this);
    copy.maxPreparedCheckpoints = changed;
    return copy;
  }

  /** What is told when a root is opened, and closed with nothing left to apply; by default none. */
  public Options withRootListener(RootListener changed) {
    Options copy = new Options(this);
    copy.rootListener = changed;
    return copy;
  }

  /**
   * What opening does with what another program changed after it was committed to be changed; by
   * default it refuses.
   */
  public Options withConflictPolicy(ConflictPolicy changed) {
    Options copy = new Options(this);
    copy.conflictPolicy = changed;
    return copy;
  }

  /**
   * Whether a root on a file system that is not served may be opened, such as NFS, after what VFO
   * needs of it was tried out. What it keeps at a crash cannot be tried: nothing is promised there.
   */
  public Options withUnsupportedFileSystem(boolean changed) {
    Options copy = new Options(this);
    copy.unsupportedFileSystem = changed;
    return copy;
  }

  /**
   * A directory outside of the root for its journal and states, such as on a faster disk; it is
   * that root's alone. To be given when the root is opened for the first time; afterwards it is
   * known, and is given again only when it lies elsewhere now.
   */
  public Options withJournalDirectory(Path changed) {
    Options copy = new Options(this);
    copy.journalDirectory = changed;
    return copy;
  }

  /**
   * The number of the process that others are told of who want the root meanwhile; by default this
   * one's. For a process that has a process namespace of its own, in which nobody finds it.
   */
  public Options withProcessId(long changed) {
    Options copy = new Options(this);
    copy.processId = changed;
    return copy;
  }

  /** See {@link #withStorage}. */
  public Storage storage() {
    return storage;
  }

  /** See {@link #withClock}. */
  public InstantSource clock() {
    return clock;
  }

  /** See {@link #withRandom}. */
  public RandomGenerator random() {
    return random;
  }

  /** See {@link #withExecutor}. */
  public Executor executor() {
    return executor;
  }

  /** See {@link #withTimer}. */
  public Timer timer() {
    return timer;
  }

  /** See {@link #withMemoryBytes}. */
  public long memoryBytes() {
    return memoryBytes;
  }

  /** See {@link #withDiskBytes}. */
  public long diskBytes() {
    return diskBytes;
  }

  /** See {@link #withFirstSegmentBytes}. */
  public int firstSegmentBytes() {
    return firstSegmentBytes;
  }

  /** See {@link #withMaxSegmentBytes}. */
  public int maxSegmentBytes() {
    return maxSegmentBytes;
  }

  /** See {@link #withMaxUnappliedLayers}. */
  public int maxUnappliedLayers() {
    return maxUnappliedLayers;
  }

  /** See {@link #withMaxPreparedCheckpoints}. */
  public int maxPreparedCheckpoints() {
    return maxPreparedCheckpoints;
  }

  /** See {@link #withUnsupportedFileSystem}. */
  public boolean unsupportedFileSystem() {
    return unsupportedFileSystem;
  }

  /** See {@link #withJournalDirectory}; null when none is given. */
  public @Nullable Path journalDirectory() {
    return journalDirectory;
  }

  /** See {@link #withConflictPolicy}. */
  public ConflictPolicy conflictPolicy() {
    return conflictPolicy;
  }

  /** See {@link #withProcessId}. */
  public long processId() {
    return processId;
  }

  /** See {@link #withRootListener}. */
  public RootListener rootListener() {
    return rootListener;
  }
}
