package dev.vfo.testkit;

/**
 * The end of a simulated process: thrown by the call at which a crash was planned and by every
 * later one. An Error, so that nobody handles it by accident; it has no stack trace, because many
 * are thrown.
 */
public final class SimulatedCrash extends Error {
  private static final long serialVersionUID = 1L;

  SimulatedCrash(String call) {
    super("simulated crash at " + call, null, false, false);
  }
}
