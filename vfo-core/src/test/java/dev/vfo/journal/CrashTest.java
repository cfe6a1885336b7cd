package dev.vfo.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Crashes and failures anywhere, many times over (I2, I3, I6, I7). */
class CrashTest {
  private static final int HISTORIES = 500;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void recoversFromAnything(boolean faults) throws Exception {
    long recoveries = 0;
    for (int seed = 1; seed <= HISTORIES; seed++) {
      CrashDriver driver = new CrashDriver(seed, faults, files -> {});
      driver.run(20);
      recoveries += driver.recoveries();
    }
    System.out.println("journal: " + recoveries + " recoveries, faults " + faults);
    assertTrue(recoveries > HISTORIES);
  }
}
