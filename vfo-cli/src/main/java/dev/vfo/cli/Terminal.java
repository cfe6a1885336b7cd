package dev.vfo.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a command knows of the world around it: where its output goes, the environment and the
 * current folder. One thread, but for {@link #error}.
 */
public final class Terminal {
  /** Lines are no longer than this. */
  public static final int WIDTH = 80;

  private final Output output;
  private final PrintStream out;
  private final PrintStream err;
  private final boolean interactive;
  private final Map<String, String> environment;
  private final Path folder;
  private final int uid;

  /**
   * A world of the caller's making.
   *
   * @param interactive whether a person looks at {@code out}: lines may change, colours are welcome
   * @param folder the current folder, absolute
   * @param uid number of the user
   */
  public Terminal(
      OutputStream out,
      PrintStream err,
      boolean interactive,
      Map<String, String> environment,
      Path folder,
      int uid) {
    this.output = new Output(out);
    this.out = new PrintStream(output, false, StandardCharsets.UTF_8);
    this.err = err;
    this.interactive = interactive;
    this.environment = environment;
    this.folder = folder;
    this.uid = uid;
  }

  /** That of this process. */
  static Terminal ofProcess() throws IOException {
    Path folder = Path.of(System.getProperty("user.dir"));
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    return new Terminal(out, System.err, isTerminal(), System.getenv(), folder, uidOfProcess());
  }

  private static int uidOfProcess() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      // Output is closed, or there is no /proc: nothing is lost by taking it for a pipe.
      return false;
    }
  }

  /** Prints a line. */
  public void line(String text) {
    print(text + "\n");
  }

  /** Prints a text as it is. */
  public void print(String text) {
    out.print(text);
    out.flush();
  }

  /** Prints a line to the error output. */
  public void error(String text) {
    err.println(text);
  }

  /**
   * The same, but that what is printed goes to the error output: for commands that keep the output
   * for a document.
   */
  public Terminal onErrorOutput() {
    return new Terminal(err, err, false, environment, folder, uid);
  }

  /** The stream of the output, for what prints itself. */
  PrintStream out() {
    return out;
  }

  /** The stream of the error output. */
  PrintStream err() {
    return err;
  }

  /** The first error of the output, null if all was written. */
  @Nullable IOException outputError() {
    out.flush();
    return output.error();
  }

  /** Whether a person looks at the output. */
  public boolean isInteractive() {
    return interactive;
  }

  /** A variable of the environment, null when it is not set or empty. */
  public @Nullable String variable(String name) {
    String value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /** Number of the user that this process runs for. */
  public int uid() {
    return uid;
  }

  /** The current folder, absolute. */
  public Path folder() {
    return folder;
  }
}
