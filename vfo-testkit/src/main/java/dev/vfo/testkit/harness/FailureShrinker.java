package dev.vfo.testkit.harness;

import dev.vfo.testkit.history.ControlOperation;
import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.Operation;
import dev.vfo.testkit.history.Shrinker;
import dev.vfo.testkit.history.SubjectFactory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failure small: finds a smaller history that fails at the same stage, or at one that is
 * simpler to understand. Used once.
 */
final class FailureShrinker {
  private static final int CRASH_TRIES = 300;
  private static final int OTHER_TRIES = 1500;

  private final SubjectFactory factory;
  private final HarnessOptions options;
  private HistoryFailure best;

  FailureShrinker(SubjectFactory factory, HarnessOptions options, HistoryFailure found) {
    this.factory = factory;
    this.options = options.thorough();
    this.best = found;
  }

  /** The failure of the smallest history found. */
  HistoryFailure shrink() {
    HistoryFailure found = best;
    withoutCrash(found);
    new Shrinker(best.history(), this::fails, maxTries(best.stage())).shrink();
    if (best != found) {
      best.addSuppressed(found);
    }
    return best;
  }

  /** Crashes take most of the time that there is. */
  private static int maxTries(Stage stage) {
    return stage == Stage.CRASH || stage == Stage.CONTINUATION ? CRASH_TRIES : OTHER_TRIES;
  }

  /** What a recovered subject did wrong it may do wrong in a plain run too. */
  private void withoutCrash(HistoryFailure found) {
    if (found.followUp().isEmpty()) {
      return;
    }
    History history = found.history();
    List<Operation> operations = new ArrayList<>(history.operations());
    operations.add(new ControlOperation.Reopen());
    operations.addAll(found.followUp());
    HistoryFailure plain = tryOut(history.with(history.setup(), operations), Stage.REHEARSAL);
    best = plain == null ? best : plain;
  }

  private boolean fails(History history) {
    HistoryFailure failure = tryOut(history, best.stage());
    if (failure == null || failure.stage().compareTo(best.stage()) > 0) {
      return false;
    }
    best = failure;
    return true;
  }

  private @Nullable HistoryFailure tryOut(History history, Stage stage) {
    try {
      switch (stage) {
        case REHEARSAL -> new CrashHarness(factory, options.withCrashes(0, 0, 0)).run(history);
        case CRASH, CONTINUATION -> new CrashHarness(factory, options).run(history);
        case FAULT -> new FaultHarness(factory, options).run(history);
      }
      return null;
    } catch (HistoryFailure e) {
      return e;
    }
  }
}
