package dev.vfo.run.job;

import dev.vfo.Checkpoint;
import dev.vfo.ForeignChangeException;
import dev.vfo.NoSpaceException;
import dev.vfo.Options;
import dev.vfo.RootListener;
import dev.vfo.StuckApplyException;
import dev.vfo.VirtualFileManager;
import dev.vfo.fuse.FuseMount;
import dev.vfo.fuse.MountOptions;
import dev.vfo.run.job.Console.Abandoned;
import dev.vfo.run.job.Console.Event;
import dev.vfo.run.job.Console.Exited;
import dev.vfo.run.job.Console.Stop;
import dev.vfo.run.space.MountPoints;
import dev.vfo.run.space.MountSpace;
import dev.vfo.run.stop.Cgroup;
import dev.vfo.run.stop.JobNotStoppedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A job whose files are checkpointed, not its memory: after a crash they go back to the last
 * checkpoint and its program is started again. For one thread; in the process that {@code run.sh}
 * has started.
 *
 * <p>The program's own end is the job's, and is committed. When a signal ended it that was a crash:
 * nothing after the last checkpoint is committed.
 */
public final class FilesOnlyJob {
  /** What a job that was told to stop ends with: there is a checkpoint to go on from. */
  public static final int STOPPED = 75;

  private static final int SIGNAL = 128;
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final JobOptions options;
  private final RootListener listener;
  private final Consumer<String> messages;
  private final Console console = Console.open();
  private final int round;

  /**
   * @param listener is told of the root
   * @param messages gets lines for the user
   */
  public FilesOnlyJob(JobOptions options, RootListener listener, Consumer<String> messages) {
    this.options = options;
    this.listener = listener;
    this.messages = messages;
    this.round = Integer.parseInt(variable("VFO_ROUND", "1"));
  }

  private static String variable(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }

  /** What becomes of the job. */
  private record Outcome(int code, boolean again) {}

  /** Runs it to its end. The caller ends the process at once afterwards. */
  public void run() throws IOException, InterruptedException {
    requireNoMountsBelow();
    Outcome outcome;
    Options managed =
        Options.defaults()
            .withClock(FuseMount.clock())
            .withProcessId(Long.parseLong(variable("VFO_LAUNCHER", "0")))
            .withRootListener(listener);
    try (VirtualFileManager files = VirtualFileManager.open(options.root(), managed)) {
      outcome = run(files);
    }
    if (outcome.again()) {
      console.again();
    } else {
      console.end(outcome.code());
    }
  }

  private void requireNoMountsBelow() throws IOException {
    List<Path> mounts = MountPoints.below(options.root());
    if (!mounts.isEmpty()) {
      throw new JobException(
          options.root()
              + ": other file systems are mounted below it, and cannot be part of it:"
              + " unmount them, or choose another directory: "
              + mounts);
    }
  }

  private Outcome run(VirtualFileManager files) throws IOException, InterruptedException {
    JobState state = state(files.lastCheckpoint());
    if (state.exitCode().isPresent()) {
      int code = state.exitCode().get();
      messages.accept(options.name() + " has ended already, with exit code " + code);
      return new Outcome(code, false);
    }
    String group = options.name().replaceAll("[^\\w.-]", "_") + "-" + System.nanoTime();
    try (MountSpace space = MountSpace.open(files, options.root(), MountOptions.defaults());
        Cgroup cgroup = Cgroup.make(group).orElseThrow(FilesOnlyJob::noFreezer)) {
      Checkpointer checkpointer = new Checkpointer(files, space.mount(), cgroup.stopper());
      long number = checkpointer.make(state).number();
      console.run(script(state, space, cgroup, number));
      try {
        return watch(checkpointer, cgroup, state);
      } finally {
        cgroup.kill();
      }
    }
  }

  private static JobException noFreezer() {
    return new JobException(
        "there is no cgroup freezer that may be used, by which a program is stopped for a"
            + " checkpoint");
  }

  private JobState state(Optional<Checkpoint> last) throws IOException {
    @Nullable JobState before = null;
    if (last.isPresent() && last.get().state().bytes().length > 0) {
      before = JobState.of(last.get().state());
    }
    if (before != null && (options.resume() || round > 1)) {
      if (before.exitCode().isEmpty()) {
        messages.accept(
            options.name()
                + " goes on from checkpoint "
                + last.get().number()
                + ", "
                + age(last.get().time())
                + " old");
      }
      return before;
    }
    if (options.command().isEmpty()) {
      throw new JobException(options.root() + ": there is no job to go on with");
    }
    if (before != null && before.exitCode().isEmpty()) {
      throw new JobException(
          options.root() + ": a job can go on here: 'vfo resume', or 'vfo run --resume'");
    }
    return new JobState(
        options.command(),
        options.folder().toString(),
        new TreeMap<>(System.getenv()),
        Optional.empty());
  }

  private static String age(Instant time) {
    Duration age = Duration.between(time, Instant.now());
    return age.toDays() > 0
        ? age.toDays() + " d"
        : age.toHours() > 0
            ? age.toHours() + " h"
            : age.toMinutes() > 0 ? age.toMinutes() + " min" : age.toSeconds() + " s";
  }

  // The shell is taken into the group, and what it becomes stays in it.
  private String script(JobState state, MountSpace space, Cgroup cgroup, long number) {
    Map<String, String> environment = new TreeMap<>(state.environment());
    environment.keySet().removeAll(List.of("VFO_ROUND", "VFO_LAUNCHER"));
    environment.put("VFO_NAME", options.name());
    environment.put("VFO_DIR", options.root().toString());
    environment.put("VFO_CHECKPOINT", Long.toString(number));
    List<String> command = new ArrayList<>(List.of("env", "-i"));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(space.entering(Path.of(state.folder()), state.command()));
    return "echo 0 > "
        + ShellText.quoted(cgroup.processes().toString())
        + " || exit 125\nexec "
        + ShellText.quoted(command)
        + "\n";
  }

  private Outcome watch(Checkpointer checkpointer, Cgroup cgroup, JobState state)
      throws IOException, InterruptedException {
    Instant next = Instant.now().plus(options.every());
    while (true) {
      Event event = console.await(Duration.between(Instant.now(), next));
      switch (event) {
        case null -> {
          tryCheckpoint(checkpointer, state);
          next = Instant.now().plus(options.every());
        }
        case Exited(int code) -> {
          return ended(checkpointer, state, code);
        }
        case Stop() -> {
          return stopped(checkpointer, cgroup, state);
        }
        case Abandoned() -> {
          return new Outcome(STOPPED, false);
        }
      }
    }
  }

  // What can be mended while the job goes on is no reason to end it: the next one has it all.
  private void tryCheckpoint(Checkpointer checkpointer, JobState state) throws IOException {
    try {
      checkpointer.make(state);
    } catch (NoSpaceException
        | StuckApplyException
        | ForeignChangeException
        | JobNotStoppedException e) {
      messages.accept(options.name() + " goes on without this checkpoint: " + e.getMessage());
    }
  }

  private Outcome ended(Checkpointer checkpointer, JobState state, int code) throws IOException {
    if (code > SIGNAL) {
      boolean again = round <= options.retries();
      messages.accept(
          options.name()
              + " was killed by signal "
              + (code - SIGNAL)
              + ": its files are those of"
              + " the last checkpoint"
              + (again ? ", and it starts again" : ""));
      return new Outcome(code, again);
    }
    checkpointer.make(state.ended(code));
    return new Outcome(code, false);
  }

  private Outcome stopped(Checkpointer checkpointer, Cgroup cgroup, JobState state)
      throws IOException, InterruptedException {
    checkpointer.make(state);
    cgroup.terminate();
    Instant end = Instant.now().plus(GRACE);
    @Nullable Event event;
    do {
      event = console.await(Duration.between(Instant.now(), end));
    } while (event != null && !(event instanceof Exited));
    return new Outcome(STOPPED, false);
  }
}
