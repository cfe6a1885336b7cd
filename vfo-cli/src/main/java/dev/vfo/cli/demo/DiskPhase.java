package dev.vfo.cli.demo;

import dev.vfo.inspect.ApplyPhase;
import dev.vfo.inspect.CheckpointRecord;
import dev.vfo.inspect.CommitPhase;
import dev.vfo.inspect.RootInspection;

/**
 * Says what a kill has hit, from what it left on the disk. Only what leaves no trace there is taken
 * from the worker's reports.
 */
final class DiskPhase {
  private DiskPhase() {}

  /** In a few words, 46 letters at most: it is a column of a table. */
  static String describe(RootInspection seen, JobRun.Death death) {
    String what = death.opened() ? commit(seen, death) : "recovery";
    return what + apply(seen.apply());
  }

  private static String commit(RootInspection seen, JobRun.Death death) {
    long last = seen.last().map(CheckpointRecord::number).orElse(0L);
    if (seen.commit() == CommitPhase.TORN) {
      return "checkpoint " + (last + 1) + ", half a record";
    }
    if (seen.commit() == CommitPhase.UNACKNOWLEDGED) {
      return "checkpoint " + last + ", not yet told";
    }
    if (death.begun() > last) {
      return "checkpoint " + (last + 1) + ", no record yet";
    }
    return "step " + (last + 1);
  }

  private static String apply(ApplyPhase phase) {
    return switch (phase) {
      case DONE -> "";
      case WAITING -> "; apply not begun";
      case STAGING -> "; apply stages";
      case PLACING -> "; apply places";
      case CLEARING -> "; apply clears up";
    };
  }
}
