package dev.vfo.cli;

import dev.vfo.Options;
import dev.vfo.VirtualFileManager;
import dev.vfo.inspect.Fault;
import dev.vfo.inspect.RootInspection;
import dev.vfo.inspect.UndecidedRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vfo undecided}: the prepared checkpoints of a root, and the decision on them. */
@Command(
    name = "undecided",
    header = "List or decide checkpoints that are prepared.",
    description = {
      "Lists the checkpoints of a root that were prepared, the first of two phases, and",
      "are neither committed nor aborted. As long as there are any that a process has",
      "left, the root can be read and not be changed.",
      "",
      "With --commit one becomes a checkpoint, with all that were prepared before it,",
      "and is applied. With --abort it is dropped, with all that were prepared after",
      "it. Who made them knows which is right: often another system decides the same",
      "for several roots."
    },
    footer = {
      "",
      "Examples:",
      "  vfo undecided                    of the root that the current folder lies in",
      "  vfo undecided data --commit 17   17 and all before it are a checkpoint",
      "",
      "Exit codes: 0 done, 1 damaged, 2 wrong command line, 125 vfo failed, nothing is",
      "decided."
    })
final class UndecidedCommand extends RootCommand {
  /** What is decided; one of the two. */
  private static final class Decision {
    @Option(
        names = "--commit",
        paramLabel = "ID",
        description = "Make it a checkpoint, and all before it.")
    private @Nullable String commit;

    @Option(names = "--abort", paramLabel = "ID", description = "Drop it, and all after it.")
    private @Nullable String abort;
  }

  @ArgGroup private @Nullable Decision decision;

  UndecidedCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    Path root = root();
    Decision asked = decision;
    if (asked != null) {
      decide(root, asked);
    }
    RootInspection seen = RootInspection.read(storage(), root);
    if (!seen.faults().isEmpty()) {
      Fault fault = seen.faults().getFirst();
      throw new ProblemException("damaged: " + fault);
    }
    print(root, seen);
    return ExitCode.OK;
  }

  private void decide(Path root, Decision asked) throws IOException {
    RootRegistry registry = RootRegistry.ofUser(terminal());
    Options options = Options.defaults().withRootListener(registry);
    String id = asked.commit == null ? asked.abort : asked.commit;
    try (VirtualFileManager manager = VirtualFileManager.open(root, options)) {
      if (id == null || manager.undecided().stream().noneMatch(each -> each.id().equals(id))) {
        throw new IOException(
            root + ": no prepared checkpoint '" + id + "'; 'vfo undecided' lists what there is");
      }
      if (asked.commit == null) {
        manager.abort(id);
        say(root + ": '" + id + "' is aborted");
      } else {
        long number = manager.commit(id).number();
        manager.awaitApplied();
        say(root + ": '" + id + "' is checkpoint " + number);
      }
    }
  }

  private void say(String text) {
    if (!isJson()) {
      terminal().line(text);
    }
  }

  private void print(Path root, RootInspection seen) throws IOException {
    List<Map<String, @Nullable Object>> undecided =
        seen.undecided().stream().map(Documents::undecided).toList();
    if (printJson(new Document().put("root", root.toString()).put("undecided", undecided))) {
      return;
    }
    if (seen.undecided().isEmpty()) {
      terminal().line(root + ": nothing is undecided");
      return;
    }
    Table table = new Table("", "llrr");
    table.add("id", "prepared", "layers", "state");
    for (UndecidedRecord each : seen.undecided()) {
      table.add(
          each.id(),
          Times.local(each.checkpoint().time())
              + " ("
              + Times.ago(each.checkpoint().time(), Instant.now())
              + ")",
          Integer.toString(each.checkpoint().layers().size()),
          Sizes.decimal(each.checkpoint().stateBytes()));
    }
    table.print(terminal());
  }
}
