package dev.vfo.testkit.harness;

import dev.vfo.testkit.history.CheckpointModel.Decided;
import dev.vfo.testkit.history.Payload;
import dev.vfo.testkit.history.Subject.LastCheckpoint;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint and its number.
 *
 * @param number 0 for the first tree, which is no checkpoint
 * @param isExact false for a checkpoint that was asked for and got no answer: it has a number above
 *     this one
 * @param decided what the model says it is
 */
record Acknowledged(long number, boolean isExact, Decided decided) {
  /** A checkpoint that got an answer. */
  static Acknowledged of(long number, Decided decided) {
    return new Acknowledged(number, true, decided);
  }

  /** A checkpoint that was asked for after this one, and got no answer. */
  Acknowledged followedBy(Decided unanswered) {
    return new Acknowledged(number, false, unanswered);
  }

  /** Whether it is what a subject says that its last checkpoint is. */
  boolean isWhat(@Nullable LastCheckpoint told) {
    Payload state = decided.state();
    if (told == null || state == null) {
      return told == null && state == null;
    }
    boolean sameNumber = isExact ? told.number() == number : told.number() > number;
    return sameNumber && Arrays.equals(told.state(), state.bytes());
  }

  /**
   * The one of some checkpoints that a subject has told, with its number; a failure when there is
   * none.
   */
  static Acknowledged told(@Nullable LastCheckpoint told, List<Acknowledged> candidates) {
    for (Acknowledged candidate : candidates) {
      if (candidate.isWhat(told)) {
        return of(told == null ? 0 : told.number(), candidate.decided());
      }
    }
    throw new CheckFailure("recovered at " + text(told) + ", expected one of " + candidates);
  }

  /**
   * What is wrong with the number that the next checkpoint got, or null.
   *
   * @param mayHaveGaps whether it may be any larger one
   * @param mayBeEqual whether it may be a new one though nothing changed
   */
  @Nullable String complaint(long next, Decided after, boolean mayHaveGaps, boolean mayBeEqual) {
    boolean sameState = number > 0 && isSame(after.state(), decided.state());
    if (next == number) {
      boolean same = sameState && after.tree().hasSameTree(decided.tree());
      return same ? null : "checkpoint " + number + " was given out again, but something changed";
    }
    if (!mayBeEqual && sameState && after.changes() == decided.changes()) {
      return "a new checkpoint " + next + " though nothing changed since " + number;
    }
    boolean expected = mayHaveGaps ? next > number : next == number + 1;
    return expected ? null : "checkpoint " + next + " after " + number;
  }

  private static boolean isSame(@Nullable Payload state, @Nullable Payload other) {
    return state != null && other != null && Arrays.equals(state.bytes(), other.bytes());
  }

  private static String text(@Nullable LastCheckpoint told) {
    return told == null
        ? "no checkpoint"
        : "checkpoint " + told.number() + " with state of " + told.state().length + " bytes";
  }

  @Override
  public String toString() {
    String name = isExact ? "checkpoint " + number : "a checkpoint after " + number;
    return number == 0 && isExact ? "no checkpoint" : name + " with state " + decided.state();
  }
}
