package dev.vfo.testkit;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Faults.Kind;
import dev.vfo.testkit.Faults.Verdict;

/**
 * The way of each call to a {@link SimulatedStorage}: under its lock it is counted, perhaps spoiled
 * as the {@link Faults} say, and traced. Safe for use by many threads.
 */
final class CallGate {
  /** What a call does. */
  @FunctionalInterface
  interface Body<T> {
    T run(Verdict verdict) throws StorageException;
  }

  /** What a call without a result does. */
  @FunctionalInterface
  interface Action {
    void run() throws StorageException;
  }

  private final Object lock;
  private final Disk disk;
  private final SyncCalls syncs;
  private final Faults faults;
  private final Trace trace;

  /**
   * @param lock guards all the others
   */
  CallGate(Object lock, Disk disk, SyncCalls syncs, Faults faults, Trace trace) {
    this.lock = lock;
    this.disk = disk;
    this.syncs = syncs;
    this.faults = faults;
    this.trace = trace;
  }

  /** Does a call, or what is to happen instead of it; one at a time. */
  <T> T call(Call call, Body<T> body) throws StorageException {
    synchronized (lock) {
      Verdict verdict = admit(call);
      String text = trace.isOn() ? call.text(disk) : "";
      try {
        T result = perform(call, verdict, body);
        note(text, result instanceof Number || result instanceof Boolean ? " = " + result : "");
        return result;
      } catch (StorageException e) {
        note(text, " = " + e.errno());
        throw e;
      } catch (SimulatedCrash e) {
        note(text, " = CRASH");
        throw e;
      }
    }
  }

  /** The same for a call without a result. */
  void run(Call call, Action action) throws StorageException {
    call(
        call,
        verdict -> {
          action.run();
          return "";
        });
  }

  /** Counts a call, and finds out what is to happen to it. */
  private Verdict admit(Call call) {
    if (faults.isCrashed()) {
      throw new SimulatedCrash(call.operation().method() + " after the crash");
    }
    String paths = faults.needsPath() ? call.paths(disk) : "";
    Verdict verdict = faults.next(call.operation(), call.changesDisk(), paths);
    if (!verdict.is(Kind.PROCEED)) {
      // Else the same fault would be decided in the same way at each call of a history.
      disk.chance.stir(faults.callCount());
    }
    if (faults.takeWriteBackFailure()) {
      syncs.failWriteBack();
    }
    return verdict;
  }

  private <T> T perform(Call call, Verdict verdict, Body<T> body) throws StorageException {
    return switch (verdict.kind()) {
      case PROCEED, SHORT -> body.run(verdict);
      case FAIL -> {
        fail(call, verdict, body);
        throw new StorageException(
            verdict.errno(), call.operation().method(), call.paths(disk) + " (injected)");
      }
      case FAIL_AFTER -> {
        body.run(verdict);
        throw new StorageException(
            verdict.errno(), call.operation().method(), call.paths(disk) + " (injected)");
      }
      case CRASH -> {
        SimulatedCrash crash = new SimulatedCrash(faults.callCount() + ": " + call.text(disk));
        boolean done = call.operation() == Operation.WRITE || disk.chance.coin();
        if (done) {
          runIfPossible(verdict, body);
        }
        throw crash;
      }
    };
  }

  /** What a call that is made to fail does all the same. */
  private <T> void fail(Call call, Verdict verdict, Body<T> body) throws StorageException {
    switch (call.operation()) {
      case SYNC, DATA_SYNC ->
          syncs.failSync(call.operation().method(), descriptor(call.fd(), call.operation()));
      case SYNC_FILE_SYSTEM -> syncs.failSyncFileSystem(descriptor(call.fd(), call.operation()));
      case WRITE -> {
        if (verdict.errno() == Errno.EIO && disk.chance.coin()) {
          body.run(verdict);
        }
      }
      default -> {}
    }
  }

  private static <T> void runIfPossible(Verdict verdict, Body<T> body) {
    try {
      body.run(verdict);
    } catch (StorageException e) {
      // The call was refused, so it had no effect; its caller gets the crash either way.
    }
  }

  private void note(String text, String result) {
    if (trace.isOn()) {
      trace.add(faults.callCount() + ": " + text + result);
    }
  }

  private Descriptor descriptor(int fd, Operation operation) throws StorageException {
    return disk.descriptor(fd, operation.method());
  }
}
