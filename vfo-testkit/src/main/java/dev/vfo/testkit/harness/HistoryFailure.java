package dev.vfo.testkit.harness;

import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.Operation;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A subject did something wrong in a history. The message has all that is needed to see it again.
 */
public final class HistoryFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  /** What long names are made of. */
  private static final Pattern LONG_RUN = Pattern.compile("(\\w)\\1{39,}");

  private final transient History history;
  private final transient List<Operation> followUp;
  private final Stage stage;
  private final String summary;

  HistoryFailure(History history, Attempt attempt, String details, Throwable cause) {
    super(message(history, summary(cause), details), cause);
    this.history = history;
    this.stage = attempt.stage();
    this.followUp = attempt.followUp();
    this.summary = summary(cause);
  }

  private static String summary(Throwable wrong) {
    Throwable cause = wrong.getCause();
    boolean known = wrong instanceof CheckFailure;
    String text = known ? String.valueOf(wrong.getMessage()) : wrong.toString();
    return cause == null ? text : text + ": " + cause;
  }

  private static String message(History history, String summary, String details) {
    String found = LONG_RUN.matcher(summary + "\n" + details).replaceAll("$1{...}");
    return found + "--- history ---\n" + history.toText();
  }

  /** The history. */
  public History history() {
    return history;
  }

  /** How far the harness had come. */
  Stage stage() {
    return stage;
  }

  /** What a recovered subject did, when that went wrong; else nothing. */
  List<Operation> followUp() {
    return followUp;
  }

  /** What was wrong, in one line or a few. */
  public String summary() {
    return summary;
  }
}
