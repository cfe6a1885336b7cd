package dev.vfo.testkit;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How a {@link SimulatedStorage} is made. Immutable. */
public final class SimulationOptions {
  private static final long EXT4_MAGIC = 0xEF53;
  private static final SimulationOptions DEFAULTS = new SimulationOptions();

  private long seed;
  private long capacityBytes = 1L << 40;
  private long capacityInodes = 1L << 24;
  private int maxDescriptors = 4096;
  private boolean directIo = true;
  private boolean readOnly;
  private boolean accessTimes = true;
  private int uid;
  private int gid;
  private long typeMagic = EXT4_MAGIC;
  private String typeName = "ext4";
  private Tearing tearing = Tearing.WRITTEN_BYTES;
  private @Nullable LongSupplier clockNanos;

  private SimulationOptions() {}

  private SimulationOptions(SimulationOptions other) {
    seed = other.seed;
    capacityBytes = other.capacityBytes;
    capacityInodes = other.capacityInodes;
    maxDescriptors = other.maxDescriptors;
    directIo = other.directIo;
    readOnly = other.readOnly;
    accessTimes = other.accessTimes;
    uid = other.uid;
    gid = other.gid;
    typeMagic = other.typeMagic;
    typeName = other.typeName;
    tearing = other.tearing;
    clockNanos = other.clockNanos;
  }

  /**
   * A large, writable ext4 of user 0 with O_DIRECT and relatime, 4096 descriptors, {@link
   * Tearing#WRITTEN_BYTES}, seed 0, and a clock that starts in 2026 and goes on by a microsecond at
   * each look at it.
   */
  public static SimulationOptions defaults() {
    return DEFAULTS;
  }

  /** The same with another seed, which decides whatever the storage is free to choose. */
  public SimulationOptions withSeed(long newSeed) {
    SimulationOptions changed = new SimulationOptions(this);
    changed.seed = newSeed;
    return changed;
  }

  /**
   * The same with other limits: space in bytes, given out in blocks of 4 KiB, and number of files.
   */
  public SimulationOptions withCapacity(long bytes, long inodes) {
    SimulationOptions changed = new SimulationOptions(this);
    changed.capacityBytes = bytes;
    changed.capacityInodes = inodes;
    return changed;
  }

  /** The same with another limit of open files; EMFILE beyond. */
  public SimulationOptions withMaxDescriptors(int count) {
    SimulationOptions changed = new SimulationOptions(this);
    changed.maxDescriptors = count;
    return changed;
  }

  /** The same with or without O_DIRECT. */
  public SimulationOptions withDirectIo(boolean available) {
    SimulationOptions changed = new SimulationOptions(this);
    changed.directIo = available;
    return changed;
  }

  /** The same, mounted read-only or not. */
  public SimulationOptions withReadOnly(boolean mountedSo) {
    SimulationOptions changed = new SimulationOptions(this);
    changed.readOnly = mountedSo;
    return changed;
  }

  /** The same with or without access times that reads move (relatime). */
  public SimulationOptions withAccessTimes(boolean moving) {
    SimulationOptions changed = new SimulationOptions(this);
    changed.accessTimes = moving;
    return changed;
  }

  /** The same for another user and group, who may do everything too. */
  public SimulationOptions withOwner(int newUid, int newGid) {
    SimulationOptions changed = new SimulationOptions(this);
    changed.uid = newUid;
    changed.gid = newGid;
    return changed;
  }

  /** The same with another kind of file system, as far as it is told. */
  public SimulationOptions withType(long magic, String name) {
    SimulationOptions changed = new SimulationOptions(this);
    changed.typeMagic = magic;
    changed.typeName = name;
    return changed;
  }

  /** The same with other damage to sectors that were being written in a crash. */
  public SimulationOptions withTearing(Tearing newTearing) {
    SimulationOptions changed = new SimulationOptions(this);
    changed.tearing = newTearing;
    return changed;
  }

  /** The same with a clock: nanoseconds since 1970. */
  public SimulationOptions withClock(LongSupplier nanos) {
    SimulationOptions changed = new SimulationOptions(this);
    changed.clockNanos = nanos;
    return changed;
  }

  /** The seed. */
  public long seed() {
    return seed;
  }

  /** Space for contents, directories, long link targets and many extended attributes. */
  public long capacityBytes() {
    return capacityBytes;
  }

  /** How many files there can be. */
  public long capacityInodes() {
    return capacityInodes;
  }

  /** How many files can be open at once. */
  public int maxDescriptors() {
    return maxDescriptors;
  }

  /** Whether there is O_DIRECT. */
  public boolean directIo() {
    return directIo;
  }

  /** Whether it is mounted so. */
  public boolean readOnly() {
    return readOnly;
  }

  /** Whether reads move the access time. */
  public boolean accessTimes() {
    return accessTimes;
  }

  /** Owner of what is made. */
  public int uid() {
    return uid;
  }

  /** Group of what is made. */
  public int gid() {
    return gid;
  }

  /** Kind of the file system, as a number. */
  public long typeMagic() {
    return typeMagic;
  }

  /** Kind of the file system, as a name. */
  public String typeName() {
    return typeName;
  }

  /** What becomes of a sector that was being written. */
  public Tearing tearing() {
    return tearing;
  }

  /** The clock, or null for the storage's own. */
  public @Nullable LongSupplier clockNanos() {
    return clockNanos;
  }
}
