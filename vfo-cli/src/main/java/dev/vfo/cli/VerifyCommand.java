package dev.vfo.cli;

import dev.vfo.inspect.Fault;
import dev.vfo.inspect.RootInspection;
import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code vfo verify}: whether all is there that a root's checkpoints need. */
@Command(
    name = "verify",
    header = "Check all that VFO keeps for a root.",
    description = {
      "Reads all that VFO keeps for a root and checks it: every checksum, that no",
      "checkpoint is missing, and that what is not applied yet can be.",
      "",
      "Changes nothing and takes no lock; a manager may be at work. Of the files that",
      "are applied VFO keeps no checksums: they are yours, like in any folder."
    },
    footer = {
      "",
      "Examples:",
      "  vfo verify          the root that the current folder lies in",
      "  vfo verify data     the root data",
      "",
      "Exit codes: 0 all is right, 1 a problem was found, 2 wrong command line,",
      "125 vfo failed."
    })
final class VerifyCommand extends RootCommand {

  VerifyCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    RootInspection seen = RootInspection.verify(storage(), root());
    boolean good = seen.isGood();
    long bytes = seen.checkpoints().stream().mapToLong(c -> c.recordBytes()).sum();
    Document document =
        new Document()
            .put("root", seen.root().toString())
            .put("ok", good)
            .put("moved", seen.moved())
            .put("segments", seen.segments().size())
            .put("records", seen.checkpoints().size())
            .put("recordBytes", bytes)
            .put("unappliedLayers", seen.unapplied())
            .put("faults", seen.faults().stream().map(Documents::fault).toList());
    if (!printJson(document)) {
      print(seen, bytes);
    }
    return good ? ExitCode.OK : ExitCode.PROBLEM;
  }

  private void print(RootInspection seen, long bytes) {
    for (Fault fault : seen.faults()) {
      terminal().line("damaged: " + fault);
    }
    if (!seen.isGood() && seen.faults().isEmpty()) {
      terminal().line("a copy of a root, made before all was applied: see 'vfo recover'");
    }
    terminal()
        .line(
            "%s: %s, %s, %s%s"
                .formatted(
                    seen.root(),
                    Counted.of(seen.segments().size(), "segment"),
                    Counted.of(seen.checkpoints().size(), "record"),
                    Sizes.decimal(bytes),
                    seen.isGood() ? ": all right" : ""));
    int open = seen.unapplied().size();
    if (seen.isGood() && open > 0) {
      String are = open == 1 ? " is" : " are";
      terminal().line(Counted.of(open, "layer") + are + " not applied yet, and can be");
    }
  }
}
