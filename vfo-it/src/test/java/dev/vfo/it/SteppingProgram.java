package dev.vfo.it;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.vfo.Options;
import dev.vfo.VirtualFile;
import dev.vfo.VirtualFileManager;
import dev.vfo.steps.StateCodec;
import dev.vfo.steps.Step;
import dev.vfo.steps.Steps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A program of so many steps, that each append a line to a file. It says when a step has begun and
 * when it has ended, and at the end whether it is done.
 */
public final class SteppingProgram {
  static final String LOG = "log";

  /**
   * How far it is.
   *
   * @param lines in the log
   */
  public record Progress(int lines) {}

  private SteppingProgram() {}

  /** The program: ROOT, number of steps, milliseconds that a step takes at least. */
  public static void main(String[] arguments) throws IOException {
    int steps = Integer.parseInt(arguments[1]);
    long nanos = Duration.ofMillis(Long.parseLong(arguments[2])).toNanos();
    try (VirtualFileManager files =
        VirtualFileManager.open(Path.of(arguments[0]), Options.defaults())) {
      Steps.Outcome<Progress> outcome =
          Steps.over(files, StateCodec.ofRecord(Progress.class))
              .from(new Progress(0))
              .endingOnSignals()
              .run((state, step) -> {
                System.out.println("begun " + state.lines());
                append(step, state.lines());
                long end = System.nanoTime() + nanos;
                while (System.nanoTime() < end) {
                  LockSupport.parkNanos(end - System.nanoTime());
                }
                Progress next = new Progress(state.lines() + 1);
                return next.lines() == steps ? step.done(next) : next;
              });
      System.out.println((outcome.done() ? "done " : "stopped ") + outcome.state().lines());
    }
  }

  private static void append(Step step, int line) throws IOException {
    try (VirtualFile log = step.tree().open(LOG, WRITE, CREATE, APPEND)) {
      log.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }
  }
}
