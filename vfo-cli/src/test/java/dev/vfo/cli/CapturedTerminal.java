package dev.vfo.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A terminal whose output is kept, to run commands on. */
public final class CapturedTerminal {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> environment = new HashMap<>();
  private final Path folder;
  private boolean interactive;
  private int uid = 1000;

  /**
   * @param folder the current folder; the home of the user, too
   */
  public CapturedTerminal(Path folder) {
    this.folder = folder;
    environment.put("HOME", folder.toString());
  }

  /** Sets a variable of the environment. */
  public CapturedTerminal with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  CapturedTerminal interactive() {
    interactive = true;
    return this;
  }

  CapturedTerminal asRoot() {
    uid = 0;
    return this;
  }

  /** The terminal. */
  public Terminal terminal() {
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new Terminal(out, errors, interactive, environment, folder, uid);
  }

  /** Runs a command line; its exit code. */
  int run(String... arguments) {
    out.reset();
    err.reset();
    return new Vfo(terminal()).run(arguments);
  }

  /** What was printed. */
  public String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What was printed to the error output, as lines. */
  public List<String> err() {
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
