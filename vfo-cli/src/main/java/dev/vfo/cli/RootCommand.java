package dev.vfo.cli;

import dev.vfo.storage.Storage;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command about one root, which is the one around the current folder unless it is named. */
abstract class RootCommand extends VfoCommand {
  @Option(names = "--json", description = "Print one JSON document instead of text.")
  private boolean json;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "The root; else the one that the current folder lies in.")
  private @Nullable String directory;

  RootCommand(Terminal terminal) {
    super(terminal);
  }

  /** The root that the command is about. */
  final Path root() throws IOException {
    return RootFinder.find(terminal().folder(), directory);
  }

  /** What stands on the command line as DIR, null for nothing. */
  final @Nullable String directory() {
    return directory;
  }

  /** Whether JSON is wanted. */
  final boolean isJson() {
    return json;
  }

  /** The files of this system. */
  final Storage storage() {
    return new LinuxStorage();
  }

  /** Prints the document as JSON if that is wanted; whether it did. */
  final boolean printJson(Document document) throws IOException {
    if (json) {
      Json.print(terminal(), document.fields());
    }
    return json;
  }
}
