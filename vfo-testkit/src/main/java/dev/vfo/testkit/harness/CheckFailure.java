package dev.vfo.testkit.harness;

import java.util.List;

/** Something is not as it must be; the harness adds where and when. */
final class CheckFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  CheckFailure(String what) {
    super(what);
  }

  CheckFailure(String what, List<String> details) {
    super(what + "\n  " + String.join("\n  ", details));
  }

  CheckFailure(String what, Throwable cause) {
    super(what, cause);
  }

  /** Throws with these lines, if there are any. */
  static void unlessEmpty(String what, List<String> differences) {
    if (!differences.isEmpty()) {
      throw new CheckFailure(what, differences);
    }
  }
}
