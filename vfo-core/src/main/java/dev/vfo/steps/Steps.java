package dev.vfo.steps;

import dev.vfo.Checkpoint;
import dev.vfo.VirtualFileManager;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A program as a loop of steps: each gets the state of the last checkpoint, and what it does to the
 * files and the state that it returns become durable as one. A process that is started after a
 * crash goes on with the step that was running.
 *
 * <pre>{@code
 * try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
 *   Steps.over(files, StateCodec.ofRecord(Progress.class))
 *       .from(new Progress(0))
 *       .endingOnSignals()
 *       .run((state, step) -> {
 *         step.tree().writeAll("file-" + state.files(), content(state.files()));
 *         Progress next = new Progress(state.files() + 1);
 *         return next.files() == 1000 ? step.done(next) : next;
 *       });
 * }
 * }</pre>
 *
 * <p>The manager is the caller's to open and to close, and nobody else takes checkpoints of it
 * while the loop runs. What was changed through it before the loop is part of the first step. One
 * thread sets a loop up and runs it; {@link #stop} is for any thread.
 *
 * @param <S> the program's state
 */
public final class Steps<S> {
  private final VirtualFileManager files;
  private final StateCodec<S> codec;
  private final S initial;
  private StepListener listener = StepListener.NONE;
  private boolean endsOnSignals;
  private volatile boolean stopping;

  private Steps(VirtualFileManager files, StateCodec<S> codec, S initial) {
    this.files = files;
    this.codec = codec;
    this.initial = Objects.requireNonNull(initial, "initial state");
  }

  /** A loop that lacks nothing but the state to begin with. */
  public static <S> Beginning<S> over(VirtualFileManager files, StateCodec<S> codec) {
    return new Beginning<>(files, codec);
  }

  /**
   * A loop without its initial state.
   *
   * @param files the manager, open
   * @param codec of the state
   */
  public record Beginning<S>(VirtualFileManager files, StateCodec<S> codec) {
    /** A loop whose first step gets this state, when there is no checkpoint yet. */
    public Steps<S> from(S initial) {
      return new Steps<>(files, codec, initial);
    }
  }

  /**
   * How a loop ended.
   *
   * @param state of the last checkpoint, or the initial one if there is none
   * @param done whether a step said that it was the last one; else the loop was stopped
   */
  public record Outcome<S>(S state, boolean done) {}

  /** Tells this listener, and no other, how the loop gets on. */
  public Steps<S> telling(StepListener to) {
    listener = to;
    return this;
  }

  /**
   * While the loop runs, the first SIGINT or SIGTERM of the process is {@link #stop}, and a second
   * one does at once what the first would do without this. Only one loop of a process can have the
   * signals at a time. A signal that the process ignores is left alone.
   */
  public Steps<S> endingOnSignals() {
    endsOnSignals = true;
    return this;
  }

  /** Ends the loop for good, after the running step and its checkpoint. For any thread. */
  public void stop() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }

  StepListener listener() {
    return listener;
  }

  /**
   * Runs steps until one says that it is the last, or until the loop is stopped; without any, when
   * the last checkpoint says that the loop is done. When a step or its checkpoint throws, the step
   * is rolled back and this throws the same: then files and state are those of the last checkpoint,
   * and it may be run again.
   *
   * @throws StateFormatException when the codec cannot read the last checkpoint's state
   */
  public <E extends Exception> Outcome<S> run(StepBody<S, E> body) throws IOException, E {
    if (!endsOnSignals) {
      return loop(body);
    }
    try (StopSignals _ = StopSignals.calling(this::stop)) {
      return loop(body);
    }
  }

  private <E extends Exception> Outcome<S> loop(StepBody<S, E> body) throws IOException, E {
    Optional<Checkpoint> last = files.lastCheckpoint();
    S state = initial;
    boolean done = false;
    if (last.isPresent()) {
      SavedState saved = SavedState.of(last.get());
      state = codec.decode(saved.bytes(), saved.version());
      done = saved.done();
    }
    while (!done && !stopping) {
      long number = files.lastCheckpoint().map(Checkpoint::number).orElse(0L) + 1;
      Step step = new Step(this, files.tree(), number);
      state = runStep(body, state, step);
      done = step.isDone();
    }
    return new Outcome<>(state, done);
  }

  private <E extends Exception> S runStep(StepBody<S, E> body, S state, Step step)
      throws IOException, E {
    long startNanos = System.nanoTime();
    S next;
    Checkpoint checkpoint;
    try {
      next = Objects.requireNonNull(body.run(state, step), "the state that the step returns");
      byte[] bytes = codec.encode(next);
      checkpoint =
          files.checkpoint(new SavedState(step.isDone(), codec.version(), bytes).toBytes());
    } catch (Throwable e) {
      rollBack(e);
      throw e;
    }
    Duration duration = Duration.ofNanos(System.nanoTime() - startNanos);
    listener.ended(step.number(), duration, checkpoint);
    return next;
  }

  private void rollBack(Throwable reason) {
    try {
      files.rollback();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }
}
