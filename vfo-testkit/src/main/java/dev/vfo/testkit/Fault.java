package dev.vfo.testkit;

import dev.vfo.storage.Errno;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong at one call of a {@link SimulatedStorage}, or from that call on: what
 * happens, and to which calls. Given to {@link Faults#add}. Immutable; such as {@code
 * Fault.error(Errno.EIO).on(Operation.SYNC).atCall(3).forEver()}.
 */
public final class Fault {
  enum Effect {
    CRASH,
    ERROR,
    ERROR_AFTER,
    SHORT,
    WRITE_BACK
  }

  private final Effect effect;
  private final Errno errno;
  private final Set<Operation> operations;
  private final String pathPart;
  private final boolean changesOnly;
  private final long call;
  private final boolean forEver;

  private Fault(
      Effect effect,
      Errno errno,
      Set<Operation> operations,
      String pathPart,
      boolean changesOnly,
      long call,
      boolean forEver) {
    this.effect = effect;
    this.errno = errno;
    this.operations = operations;
    this.pathPart = pathPart;
    this.changesOnly = changesOnly;
    this.call = call;
    this.forEver = forEver;
  }

  private static Fault of(Effect effect, Errno errno) {
    return new Fault(effect, errno, EnumSet.allOf(Operation.class), "", false, 1, false);
  }

  /**
   * The process ends: the call and all later ones throw {@link SimulatedCrash}. The call itself may
   * have had an effect or not; a write may be torn, even through an O_DSYNC descriptor.
   */
  public static Fault crash() {
    return of(Effect.CRASH, Errno.OTHER);
  }

  /**
   * The call fails without an effect, with two exceptions. A sync that fails drops what it should
   * have made durable (C8); of a write that fails with EIO a part may have reached the file. Never
   * hits close, unless {@link #on} says so.
   */
  public static Fault error(Errno errno) {
    Fault fault = of(Effect.ERROR, errno);
    fault.operations.remove(Operation.CLOSE);
    return fault;
  }

  /**
   * The call does all that it should and then reports an error. Never hits close, unless {@link
   * #on} says so.
   */
  public static Fault errorAfterEffect(Errno errno) {
    Fault fault = of(Effect.ERROR_AFTER, errno);
    fault.operations.remove(Operation.CLOSE);
    return fault;
  }

  /**
   * Reads, writes and copies of more than one byte do about half of what they should; direct ones
   * in multiples of 4096.
   */
  public static Fault shortTransfer() {
    return of(Effect.SHORT, Errno.OTHER).on(Operation.READ, Operation.WRITE, Operation.COPY_RANGE);
  }

  /**
   * Before the call the kernel fails to write dirty pages of some files back, and drops them (C8).
   * Only descriptors that are open already will report it, once, at their next sync (C10).
   */
  public static Fault writeBackError() {
    return of(Effect.WRITE_BACK, Errno.EIO);
  }

  /** Only at these operations; others are not counted. */
  public Fault on(Operation first, Operation... more) {
    return new Fault(effect, errno, EnumSet.of(first, more), pathPart, changesOnly, call, forEver);
  }

  /**
   * Only at calls whose file was opened or named by a path that contains this text; others are not
   * counted.
   */
  public Fault onPath(String part) {
    return new Fault(effect, errno, operations, part, changesOnly, call, forEver);
  }

  /** At the n-th call, from 1, of those that match, counted from when the fault is added. */
  public Fault atCall(long n) {
    return new Fault(effect, errno, operations, pathPart, changesOnly, n, forEver);
  }

  /** The same, but only calls count that change the disk. */
  public Fault atChange(long n) {
    return new Fault(effect, errno, operations, pathPart, true, n, forEver);
  }

  /** At all later calls that match too. */
  public Fault forEver() {
    return new Fault(effect, errno, operations, pathPart, changesOnly, call, true);
  }

  Effect effect() {
    return effect;
  }

  Errno errno() {
    return errno;
  }

  boolean matches(Operation operation, boolean changes, @Nullable String path) {
    return operations.contains(operation)
        && (changes || !changesOnly)
        && (pathPart.isEmpty() || (path != null && path.contains(pathPart)));
  }

  boolean needsPath() {
    return !pathPart.isEmpty();
  }

  /** Whether it happens at its {@code count}-th call. */
  boolean isDue(long count) {
    return count == call || (forEver && count > call);
  }

  @Override
  public String toString() {
    return effect
        + (effect == Effect.ERROR || effect == Effect.ERROR_AFTER ? " " + errno : "")
        + (changesOnly ? " at change " : " at call ")
        + call
        + (forEver ? " and later" : "")
        + (pathPart.isEmpty() ? "" : " on " + pathPart)
        + (operations.size() < Operation.values().length - 1 ? " of " + operations : "");
  }
}
