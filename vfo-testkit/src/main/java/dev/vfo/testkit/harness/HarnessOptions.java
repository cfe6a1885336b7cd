package dev.vfo.testkit.harness;

import dev.vfo.testkit.SimulationOptions;

/**
 * How hard a harness tries. Immutable.
 *
 * @param simulation the storage
 * @param crashPoints most crash points of a history; when it has more, as many are drawn
 * @param crashesPerPoint how many different outcomes of a crash are tried at each
 * @param crashesInRecovery how often in a row a recovery may crash again
 * @param viewOneIn of so many recovered subjects one is looked at through its own calls, before
 *     anything is applied
 * @param continueOneIn of so many recovered subjects one goes on with operations and a checkpoint
 * @param faultRuns how many times a history is run with a fault
 * @param checkIsolation whether the root is looked at after each operation (I1)
 * @param checkReserve whether what was committed must be applied even when the disk gets full
 *     between
 * @param isEager whether a recovered subject that goes on may do so before all is applied
 */
public record HarnessOptions(
    SimulationOptions simulation,
    int crashPoints,
    int crashesPerPoint,
    int crashesInRecovery,
    int viewOneIn,
    int continueOneIn,
    int faultRuns,
    boolean checkIsolation,
    boolean checkReserve,
    boolean isEager) {

  /** What a normal test run does. */
  public static HarnessOptions defaults() {
    return new HarnessOptions(SimulationOptions.defaults(), 120, 1, 3, 4, 4, 6, true, true, false);
  }

  /** What is done to find a known failure again, in a history that gets smaller. */
  public HarnessOptions thorough() {
    return new HarnessOptions(
        simulation,
        200,
        2,
        crashesInRecovery,
        1,
        continueOneIn,
        8 * faultRuns,
        checkIsolation,
        checkReserve,
        isEager);
  }

  /** With another storage. */
  public HarnessOptions withSimulation(SimulationOptions newSimulation) {
    return new HarnessOptions(
        newSimulation,
        crashPoints,
        crashesPerPoint,
        crashesInRecovery,
        viewOneIn,
        continueOneIn,
        faultRuns,
        checkIsolation,
        checkReserve,
        isEager);
  }

  /** With other numbers of crashes. */
  public HarnessOptions withCrashes(int points, int perPoint, int inRecovery) {
    return new HarnessOptions(
        simulation,
        points,
        perPoint,
        inRecovery,
        viewOneIn,
        continueOneIn,
        faultRuns,
        checkIsolation,
        checkReserve,
        isEager);
  }

  /** With another number of runs with faults. */
  public HarnessOptions withFaultRuns(int newFaultRuns) {
    return new HarnessOptions(
        simulation,
        crashPoints,
        crashesPerPoint,
        crashesInRecovery,
        viewOneIn,
        continueOneIn,
        newFaultRuns,
        checkIsolation,
        checkReserve,
        isEager);
  }

  /** For subjects that do not reserve the space that applying takes. */
  public HarnessOptions withoutReserve() {
    return new HarnessOptions(
        simulation,
        crashPoints,
        crashesPerPoint,
        crashesInRecovery,
        viewOneIn,
        continueOneIn,
        faultRuns,
        checkIsolation,
        false,
        isEager);
  }

  /**
   * For subjects that go on before all is applied: every one that is recovered is looked at, and
   * may go on, as it is.
   */
  public HarnessOptions withEagerSubjects() {
    return new HarnessOptions(
        simulation,
        crashPoints,
        crashesPerPoint,
        crashesInRecovery,
        1,
        2,
        faultRuns,
        checkIsolation,
        checkReserve,
        true);
  }
}
