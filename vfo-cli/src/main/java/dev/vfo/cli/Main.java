package dev.vfo.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where {@code vfo} starts. */
public final class Main {

  private Main() {}

  /** Runs a command line and ends the process with one of {@link ExitCode}. */
  public static void main(String[] arguments) throws IOException {
    Terminal terminal = Terminal.ofProcess();
    int code = new Vfo(terminal).run(arguments);
    System.exit(codeWithOutput(code, terminal));
  }

  /**
   * The code, unless what the command printed got lost. A reader that has seen enough is none of
   * our business.
   */
  private static int codeWithOutput(int code, Terminal terminal) {
    @Nullable IOException lost = terminal.outputError();
    if (lost == null) {
      return code;
    }
    String reason = String.valueOf(lost.getMessage());
    if (!reason.contains("Broken pipe")) {
      terminal.error("vfo: cannot write the output: " + reason);
    }
    return ExitCode.FAILED;
  }
}
