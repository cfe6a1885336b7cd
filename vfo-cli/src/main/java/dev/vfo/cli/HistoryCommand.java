package dev.vfo.cli;

import dev.vfo.inspect.CheckpointRecord;
import dev.vfo.inspect.Fault;
import dev.vfo.inspect.RootInspection;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vfo history}: the checkpoints that the journal still has. */
@Command(
    name = "history",
    header = "List the checkpoints in a root's journal.",
    description = {
      "The checkpoints of a root, newest first, as far back as its journal goes: the",
      "journal's segments are used again once their checkpoints are applied.",
      "",
      "Reads the disk, takes no lock and changes nothing; a manager may be at work."
    },
    footer = {
      "",
      "Examples:",
      "  vfo history             of the root that the current folder lies in",
      "  vfo history -n 5 data   the newest five of the root data",
      "",
      "Exit codes: 0 fine, 1 damaged, 2 wrong command line, 125 vfo failed."
    })
final class HistoryCommand extends RootCommand {
  @Option(
      names = {"-n", "--number"},
      paramLabel = "N",
      description = "Show at most N checkpoints.")
  private int limit = Integer.MAX_VALUE;

  HistoryCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    if (limit < 1) {
      throw new UsageException("-n must be at least 1");
    }
    RootInspection seen = RootInspection.read(storage(), root());
    List<CheckpointRecord> newest = seen.checkpoints().reversed().stream().limit(limit).toList();
    Document document =
        new Document()
            .put("root", seen.root().toString())
            .put("checkpoints", newest.stream().map(Documents::checkpoint).toList())
            .put("faults", seen.faults().stream().map(Documents::fault).toList());
    if (!printJson(document)) {
      print(newest);
    }
    for (Fault fault : seen.faults()) {
      terminal().error("vfo: damaged: " + fault);
    }
    return seen.faults().isEmpty() ? ExitCode.OK : ExitCode.PROBLEM;
  }

  private void print(List<CheckpointRecord> checkpoints) {
    if (checkpoints.isEmpty()) {
      terminal().line("no checkpoint yet");
      return;
    }
    Table table = new Table("", "rlrrrl");
    table.add("checkpoint", "time", "record", "state", "layers", "applied");
    for (CheckpointRecord checkpoint : checkpoints) {
      table.add(
          String.valueOf(checkpoint.number()),
          Times.local(checkpoint.time()),
          Sizes.decimal(checkpoint.recordBytes()),
          Sizes.decimal(checkpoint.stateBytes()),
          String.valueOf(checkpoint.layers().size()),
          checkpoint.applied() ? "yes" : "no");
    }
    table.print(terminal());
  }
}
