package dev.vfo.testkit.harness;

import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;

/**
 * A storage that keeps, at chosen calls, what it is like when the process ends in the middle of the
 * call. Its user does not notice: one run gives many crashes. Only calls that change the disk
 * count, as others leave nothing new to crash into.
 */
final class CrashTap extends ForwardingStorage {
  /**
   * A moment at which the process ends.
   *
   * @param call number of the call, from 1
   * @param operation index of the operation that was running; -1 for the opening before the first,
   *     the history's length for the closing after the last
   * @param storage what it is like: its process is dead, its power still on
   * @param trace the last calls, when they are traced
   */
  record CrashPoint(long call, int operation, SimulatedStorage storage, List<String> trace) {}

  private final SimulatedStorage storage;
  private final NavigableSet<Long> wanted;
  private final List<CrashPoint> points = new ArrayList<>();
  private long calls;
  private int operation = -1;

  CrashTap(SimulatedStorage storage, NavigableSet<Long> wanted) {
    super(storage);
    this.storage = storage;
    this.wanted = wanted;
  }

  void setOperation(int index) {
    operation = index;
  }

  /** Number of calls so far that change the disk. */
  long calls() {
    return calls;
  }

  List<CrashPoint> points() {
    return points;
  }

  @Override
  protected <T> T forward(Request<T> request, boolean changes) throws StorageException {
    if (changes) {
      calls++;
      if (wanted.contains(calls)) {
        keep(request);
      }
    }
    return request.on(storage);
  }

  private <T> void keep(Request<T> request) {
    SimulatedStorage fork = storage.fork();
    fork.faults().add(Fault.crash());
    List<String> trace = new ArrayList<>(storage.traceLines());
    try {
      request.on(fork);
      throw new AssertionError("no crash");
    } catch (SimulatedCrash e) {
      trace.addAll(fork.traceLines());
    } catch (StorageException e) {
      throw new AssertionError("an error instead of a crash", e);
    }
    points.add(new CrashPoint(calls, operation, fork, List.copyOf(trace)));
  }
}
