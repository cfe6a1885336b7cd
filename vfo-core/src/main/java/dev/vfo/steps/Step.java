package dev.vfo.steps;

import dev.vfo.FileTree;

/** The running step of a loop, as its body sees it. Not to be used when the body has returned. */
public final class Step {
  private final Steps<?> loop;
  private final FileTree tree;
  private final long number;
  private boolean done;

  Step(Steps<?> loop, FileTree tree, long number) {
    this.loop = loop;
    this.tree = tree;
    this.number = number;
  }

  /** The files. What is done to them here is part of the step. */
  public FileTree tree() {
    return tree;
  }

  /** The number that this step's checkpoint will have. */
  public long number() {
    return number;
  }

  /**
   * Makes this step the loop's last: {@code return step.done(state)}. That is part of the
   * checkpoint, too, so the loop is done also for a process that comes after a crash.
   *
   * @return the state
   */
  public <S> S done(S state) {
    done = true;
    return state;
  }

  boolean isDone() {
    return done;
  }

  /** Whether the loop is to end after this step: then a long one may do less. */
  public boolean isStopping() {
    return loop.isStopping();
  }

  /**
   * Tells the loop's listener how far the step is.
   *
   * @param text what it is at
   * @param fraction of its work that is done, 0 to 1
   */
  public void progress(String text, double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException("fraction " + fraction + ": from 0 to 1");
    }
    loop.listener().progress(number, text, fraction);
  }
}
