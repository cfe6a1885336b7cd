package dev.vfo.testkit.harness;

import dev.vfo.storage.StorageException;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One try to break a subject with a history. Used once. */
interface Attempt {
  /** How many calls are shown with a failure. */
  int TRACE_LINES = 60;

  /** Does it; throws when something is wrong. */
  void run() throws StorageException;

  /** Where and how it went wrong, some lines. */
  String details();

  /** How far it has come. */
  Stage stage();

  /** What a recovered subject did, when that went wrong; else nothing. */
  List<Operation> followUp();

  /** What makes an attempt; with a trace or without. */
  @FunctionalInterface
  interface Maker {
    /** A new attempt. */
    Attempt make(boolean traced, Counts counts);
  }

  /**
   * Makes an attempt; when it goes wrong does it once more with a trace, and throws what that
   * finds.
   */
  static void run(History history, Maker maker, Counts counts) {
    Attempt quick = maker.make(false, counts);
    Throwable wrong = wrong(quick);
    if (wrong == null) {
      return;
    }
    Attempt traced = maker.make(true, new Counts());
    Throwable again = wrong(traced);
    if (again == null) {
      String note = "\n(not seen when it was tried again: the subject is not deterministic)";
      throw new HistoryFailure(history, quick, quick.details() + note, wrong);
    }
    throw new HistoryFailure(history, traced, traced.details(), again);
  }

  /** Adds lines under a title. */
  static void lines(StringBuilder text, String title, List<String> lines) {
    text.append("--- ").append(title).append(" ---\n");
    lines.forEach(line -> text.append(line).append('\n'));
  }

  private static @Nullable Throwable wrong(Attempt attempt) {
    try {
      attempt.run();
      return null;
    } catch (AssertionError | SimulatedCrash | RuntimeException | StorageException e) {
      return e;
    }
  }
}
