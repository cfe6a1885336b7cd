package dev.vfo.cli;

import dev.vfo.inspect.CheckpointRecord;
import dev.vfo.inspect.Fault;
import dev.vfo.inspect.RootInspection;
import dev.vfo.inspect.Segment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalLong;
import picocli.CommandLine.Command;

/** {@code vfo status}: what a root is, and what state it is in. */
@Command(
    name = "status",
    header = "Show what a root is and how far it is.",
    description = {
      "What a root is and how far it is: its last checkpoint, what of it is applied to",
      "the files, and whether a manager is running.",
      "",
      "Reads the disk, takes no lock and changes nothing; a manager may be at work."
    },
    footer = {
      "",
      "Examples:",
      "  vfo status              the root that the current folder lies in",
      "  vfo status --json data  the root data, for a program",
      "",
      "Exit codes: 0 fine, 1 damaged or copied too early, 2 wrong command line,",
      "125 vfo failed."
    })
final class StatusCommand extends RootCommand {

  StatusCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    Path root = root();
    OptionalLong manager = RunningManager.of(root);
    RootInspection seen = RootInspection.read(storage(), root);
    if (!printJson(document(seen, manager))) {
      print(seen, manager);
    }
    return seen.isGood() ? ExitCode.OK : ExitCode.PROBLEM;
  }

  private static Document document(RootInspection seen, OptionalLong manager) {
    return new Document()
        .put("root", seen.root().toString())
        .put("rootId", seen.rootId().orElse(null))
        .put("ok", seen.isGood())
        .put("moved", seen.moved())
        .put("managerRunning", manager.isPresent())
        .put("managerPid", manager.orElse(0) > 0 ? manager.getAsLong() : null)
        .put("lastCheckpoint", seen.last().map(Documents::checkpoint).orElse(null))
        .put("appliedCheckpoint", seen.appliedCheckpoint())
        .put("appliedLayer", seen.appliedLayer())
        .put("unappliedLayers", seen.unapplied())
        .put("undecided", seen.undecided().stream().map(Documents::undecided).toList())
        .put("commitPhase", seen.commit().name())
        .put("applyPhase", seen.apply().name())
        .put("journalSegments", seen.segments().size())
        .put("journalBytes", journalBytes(seen))
        .put("faults", seen.faults().stream().map(Documents::fault).toList());
  }

  private void print(RootInspection seen, OptionalLong manager) {
    Table table = new Table("", "ll");
    table.add("root", seen.root().toString());
    seen.rootId().ifPresent(id -> table.add("id", id));
    table.add("manager", describe(manager));
    table.add("checkpoint", seen.last().map(StatusCommand::describe).orElse("none"));
    table.add("applied", applied(seen));
    if (!seen.undecided().isEmpty()) {
      table.add("undecided", Counted.of(seen.undecided().size(), "prepared checkpoint"));
    }
    table.add("phase", seen.phase());
    table.add("journal", journal(seen));
    table.print(terminal());
    printProblems(seen, manager);
  }

  private static String describe(OptionalLong manager) {
    if (manager.isEmpty()) {
      return "not running";
    }
    return manager.getAsLong() == 0 ? "running" : "running, process " + manager.getAsLong();
  }

  private static String describe(CheckpointRecord last) {
    return "%d, %s (%s), state %s"
        .formatted(
            last.number(),
            Times.local(last.time()),
            Times.ago(last.time(), Instant.now()),
            Sizes.decimal(last.stateBytes()));
  }

  private static String applied(RootInspection seen) {
    int open = seen.unapplied().size();
    String text = "checkpoint " + seen.appliedCheckpoint();
    if (seen.unapplied().isEmpty()) {
      return seen.last().isEmpty() ? "nothing to apply" : "all of it";
    }
    return text + "; " + open + (open == 1 ? " layer is" : " layers are") + " not";
  }

  private static String journal(RootInspection seen) {
    return "%s, %s, %s"
        .formatted(
            Counted.of(seen.segments().size(), "segment"),
            Sizes.decimal(journalBytes(seen)),
            Counted.of(seen.checkpoints().size(), "record"));
  }

  private static long journalBytes(RootInspection seen) {
    return seen.segments().stream().mapToLong(Segment.Extent::lengthBytes).sum();
  }

  private void printProblems(RootInspection seen, OptionalLong manager) {
    for (Fault fault : seen.faults()) {
      terminal().line("damaged: " + fault);
    }
    if (!seen.isGood() && seen.faults().isEmpty()) {
      terminal().line("This is a copy of a root, made before all was applied: see 'vfo recover'.");
    } else if (!seen.unapplied().isEmpty() && manager.isEmpty()) {
      terminal().line("Nobody is applying: 'vfo recover' does it.");
    }
    if (!seen.undecided().isEmpty() && manager.isEmpty()) {
      terminal().line("Read-only until all is decided: see 'vfo undecided'.");
    }
  }
}
