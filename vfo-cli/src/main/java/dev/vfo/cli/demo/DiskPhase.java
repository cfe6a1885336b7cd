package dev.vfo.cli.demo;

import dev.vfo.inspect.ApplyPhase;
import dev.vfo.inspect.CheckpointRecord;
import dev.vfo.inspect.CommitPhase;
import dev.vfo.inspect.RootInspection;

/** Says what a kill has hit, from what it left on the disk. Only what leaves no trace there is taken from the worker's reports. */
final class DiskPhase {
  private DiskPhase() {}

  /** In a few words. */
  static String describe(RootInspection seen, JobRun.Death death) {
    String what = death.opened() ? commit(seen, death) : "recovery";
    return seen.apply() == ApplyPhase.DONE ? what : what + "; " + seen.apply().text();
  }

  private static String commit(RootInspection seen, JobRun.Death death) {
    long last = seen.last().map(CheckpointRecord::number).orElse(0L);
    if (seen.commit() == CommitPhase.TORN) {
      return "checkpoint " + (last + 1) + ", record half written";
    }
    if (seen.commit() == CommitPhase.UNACKNOWLEDGED) {
      return "checkpoint " + last + ", committed, not said";
    }
    if (death.begun() > last || seen.commit() == CommitPhase.BEGUN) {
      return "checkpoint " + (last + 1) + ", before its record";
    }
    return "step " + (last + 1);
  }
}
