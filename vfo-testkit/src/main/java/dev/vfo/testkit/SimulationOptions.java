package dev.vfo.testkit;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link SimulatedStorage} is made. Immutable.
 *
 * @param seed decides whatever the storage is free to choose
 * @param capacityBytes space for content, directories and large attributes, in blocks of 4 KiB
 * @param capacityInodes how many files there can be
 * @param maxDescriptors how many can be open at once; EMFILE beyond
 * @param directIo whether there is O_DIRECT
 * @param readOnly whether it is mounted so
 * @param accessTimes whether reads move the access time, as Linux does by default (relatime)
 * @param uid owner of what is made
 * @param gid its group
 * @param typeMagic kind of the file system
 * @param typeName likewise
 * @param tearing what becomes of a sector that was being written in a crash
 * @param clockNanos the time, nanoseconds since 1970; null for a clock that starts in 2026 and goes on by a microsecond at each
 *     look at it
 */
public record SimulationOptions(
    long seed,
    long capacityBytes,
    long capacityInodes,
    int maxDescriptors,
    boolean directIo,
    boolean readOnly,
    boolean accessTimes,
    int uid,
    int gid,
    long typeMagic,
    String typeName,
    Tearing tearing,
    @Nullable LongSupplier clockNanos) {

  private static final long EXT4_MAGIC = 0xEF53;

  /** A large ext4 of user 0, with O_DIRECT, seed 0 and a clock of its own. */
  public static SimulationOptions defaults() {
    return new SimulationOptions(
        0,
        1L << 40,
        1L << 24,
        4096,
        true,
        false,
        true,
        0,
        0,
        EXT4_MAGIC,
        "ext4",
        Tearing.WRITTEN_BYTES,
        null);
  }

  /** The same with another seed. */
  public SimulationOptions withSeed(long newSeed) {
    return new SimulationOptions(
        newSeed,
        capacityBytes,
        capacityInodes,
        maxDescriptors,
        directIo,
        readOnly,
        accessTimes,
        uid,
        gid,
        typeMagic,
        typeName,
        tearing,
        clockNanos);
  }

  /** The same with other limits. */
  public SimulationOptions withCapacity(long bytes, long inodes) {
    return new SimulationOptions(
        seed,
        bytes,
        inodes,
        maxDescriptors,
        directIo,
        readOnly,
        accessTimes,
        uid,
        gid,
        typeMagic,
        typeName,
        tearing,
        clockNanos);
  }

  /** The same with another limit of open files. */
  public SimulationOptions withMaxDescriptors(int count) {
    return new SimulationOptions(
        seed,
        capacityBytes,
        capacityInodes,
        count,
        directIo,
        readOnly,
        accessTimes,
        uid,
        gid,
        typeMagic,
        typeName,
        tearing,
        clockNanos);
  }

  /** The same with or without O_DIRECT. */
  public SimulationOptions withDirectIo(boolean available) {
    return new SimulationOptions(
        seed,
        capacityBytes,
        capacityInodes,
        maxDescriptors,
        available,
        readOnly,
        accessTimes,
        uid,
        gid,
        typeMagic,
        typeName,
        tearing,
        clockNanos);
  }

  /** The same, mounted read-only or not. */
  public SimulationOptions withReadOnly(boolean mountedSo) {
    return new SimulationOptions(
        seed,
        capacityBytes,
        capacityInodes,
        maxDescriptors,
        directIo,
        mountedSo,
        accessTimes,
        uid,
        gid,
        typeMagic,
        typeName,
        tearing,
        clockNanos);
  }

  /** The same with or without access times that move. */
  public SimulationOptions withAccessTimes(boolean moving) {
    return new SimulationOptions(
        seed,
        capacityBytes,
        capacityInodes,
        maxDescriptors,
        directIo,
        readOnly,
        moving,
        uid,
        gid,
        typeMagic,
        typeName,
        tearing,
        clockNanos);
  }

  /** The same for another user. */
  public SimulationOptions withOwner(int newUid, int newGid) {
    return new SimulationOptions(
        seed,
        capacityBytes,
        capacityInodes,
        maxDescriptors,
        directIo,
        readOnly,
        accessTimes,
        newUid,
        newGid,
        typeMagic,
        typeName,
        tearing,
        clockNanos);
  }

  /** The same with another kind of file system, as far as it is told. */
  public SimulationOptions withType(long magic, String name) {
    return new SimulationOptions(
        seed,
        capacityBytes,
        capacityInodes,
        maxDescriptors,
        directIo,
        readOnly,
        accessTimes,
        uid,
        gid,
        magic,
        name,
        tearing,
        clockNanos);
  }

  /** The same with other damage in a crash. */
  public SimulationOptions withTearing(Tearing newTearing) {
    return new SimulationOptions(
        seed,
        capacityBytes,
        capacityInodes,
        maxDescriptors,
        directIo,
        readOnly,
        accessTimes,
        uid,
        gid,
        typeMagic,
        typeName,
        newTearing,
        clockNanos);
  }

  /** The same with a clock: nanoseconds since 1970. */
  public SimulationOptions withClock(LongSupplier nanos) {
    return new SimulationOptions(
        seed,
        capacityBytes,
        capacityInodes,
        maxDescriptors,
        directIo,
        readOnly,
        accessTimes,
        uid,
        gid,
        typeMagic,
        typeName,
        tearing,
        nanos);
  }
}
