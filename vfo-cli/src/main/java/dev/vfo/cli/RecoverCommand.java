package dev.vfo.cli;

import dev.vfo.ConflictPolicy;
import dev.vfo.Options;
import dev.vfo.RootInUseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vfo recover}: after a crash, brings roots to their last checkpoint. */
@Command(
    name = "recover",
    header = "Bring a root to its last checkpoint after a crash.",
    description = {
      "After a crash: brings a root to its last checkpoint. What was committed and is",
      "not in the files yet is applied, what was not committed is dropped. Opening a",
      "root does the same; this is for when somebody wants the files before that.",
      "",
      "With --all every root that may need it, from the list that VFO keeps in",
      "$XDG_STATE_HOME/vfo (default ~/.local/state/vfo; for user 0 /var/lib/vfo): for",
      "the start of a system.",
      "",
      "When another program has changed a file that the checkpoint is still to change,",
      "a root is not recovered, and the file is named. With --ours the checkpoint wins:",
      "what the other program left is kept in DIR/.vfo/conflicts/CHECKPOINT, under its",
      "path. With --theirs the other program wins: such files stay as they are, what",
      "the checkpoint did to them is given up, and they are listed."
    },
    footer = {
      "",
      "Examples:",
      "  vfo recover           the root that the current folder lies in",
      "  vfo recover --all     every root of this user that was left in the middle",
      "  vfo recover --ours    also over what others changed, which is kept aside",
      "  vfo recover --theirs  all but what others changed, which stays as it is",
      "",
      "Exit codes: 0 done, or there was nothing to do; 2 wrong command line, 125 a root",
      "could not be recovered."
    })
final class RecoverCommand extends RootCommand {
  @Option(names = "--all", description = "Every root in VFO's list, instead of DIR.")
  private boolean all;

  @ArgGroup private @Nullable Winner winner;

  /** Who wins where another program changed what the checkpoint is still to change. */
  private static final class Winner {
    @Option(names = "--ours", description = "Keep aside what other programs changed, and go on.")
    private boolean ours;

    @Option(names = "--theirs", description = "Leave as it is what other programs changed.")
    private boolean theirs;

    ConflictPolicy policy() {
      if (theirs) {
        return ConflictPolicy.THEIRS;
      }
      return ours ? ConflictPolicy.OURS : ConflictPolicy.REFUSE;
    }
  }

  @Option(
      names = "--unsupported-fs",
      description =
          "Also on a file system that is not served, such as NFS, if it does what can be tried.")
  private boolean unsupported;

  @Option(
      names = "--journal",
      paramLabel = "PATH",
      description = "Where the root's journal is now, if it lies outside and was moved.")
  private @Nullable Path journal;

  private final List<Document> results = new ArrayList<>();
  private boolean failed;

  RecoverCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    RootRegistry registry = RootRegistry.ofUser(terminal());
    if (!all) {
      note(new ManagedRoot(registry, root()).recover(options()));
    } else if (directory() != null) {
      throw new UsageException("either DIR or --all");
    } else if (journal != null) {
      throw new UsageException("--journal is that of one root");
    } else {
      recoverAll(registry);
    }
    printJson(new Document().put("roots", results.stream().map(Document::fields).toList()));
    return failed ? ExitCode.FAILED : ExitCode.OK;
  }

  private Options options() {
    Options options = Options.defaults();
    if (journal != null) {
      options = options.withJournalDirectory(terminal().folder().resolve(journal));
    }
    return options
        .withConflictPolicy(winner == null ? ConflictPolicy.REFUSE : winner.policy())
        .withUnsupportedFileSystem(unsupported);
  }

  private void recoverAll(RootRegistry registry) throws IOException {
    List<RootRegistry.Item> items = registry.list();
    if (items.isEmpty()) {
      say("no root is waiting for recovery");
    }
    for (RootRegistry.Item item : items) {
      recover(registry, item);
    }
  }

  private void recover(RootRegistry registry, RootRegistry.Item item) throws IOException {
    Path root = item.path();
    if (!Files.isDirectory(root) || !RootFinder.isRoot(root)) {
      registry.remove(item);
      note(root, "gone", root + ": no root any more, taken off the list");
      return;
    }
    try {
      note(new ManagedRoot(registry, root).recover(options()));
    } catch (RootInUseException e) {
      note(root, "in use", root + ": in use by another process, which recovers it");
    } catch (IOException e) {
      failed = true;
      String error = Vfo.describe(e);
      results.add(new Document().put("root", root.toString()).put("error", error));
      terminal().error("vfo: " + root + ": " + error);
    }
  }

  private void note(ManagedRoot.Recovery done) {
    results.add(
        new Document()
            .put("root", done.root().toString())
            .put("result", "recovered")
            .put("checkpoint", done.checkpoint())
            .put("appliedLayers", done.layers())
            .put("givenUp", done.givenUp()));
    String place = done.checkpoint() == 0 ? "no checkpoint yet" : "checkpoint " + done.checkpoint();
    String applied =
        switch (done.layers()) {
          case 0 -> "nothing was left to apply";
          case 1 -> "1 layer applied";
          default -> done.layers() + " layers applied";
        };
    say(done.root() + ": " + place + ", " + applied);
    if (!done.givenUp().isEmpty()) {
      say("left as another program made it, without what the checkpoint did to it:");
      done.givenUp().forEach(path -> say("  " + path));
    }
  }

  private void note(Path root, String result, String text) {
    results.add(new Document().put("root", root.toString()).put("result", result));
    say(text);
  }

  private void say(String text) {
    if (!isJson()) {
      terminal().line(text);
    }
  }
}
