package dev.vfo.steps;

import java.io.IOException;

/**
 * What a program does in each step.
 *
 * @param <S> the program's state
 * @param <E> what it throws beside {@link IOException}
 */
@FunctionalInterface
public interface StepBody<S, E extends Exception> {
  /**
   * Does one step: all that it does to the files of {@link Step#tree} and the state that it returns
   * become durable together. When it throws, none of it has happened.
   *
   * @param state of the last checkpoint
   * @return the state behind this step, never null
   */
  S run(S state, Step step) throws IOException, E;
}
