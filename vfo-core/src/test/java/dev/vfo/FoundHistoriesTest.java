package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vfo.testkit.SimulationOptions;
import dev.vfo.testkit.Tearing;
import dev.vfo.testkit.harness.CrashHarness;
import dev.vfo.testkit.harness.FaultHarness;
import dev.vfo.testkit.harness.HarnessOptions;
import dev.vfo.testkit.history.History;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories that found a bug once, made small; each is named after what was wrong. */
class FoundHistoriesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        // After a failed sync of home, bytes beside the new ones were read from where it was
        // unknown what they are.
        "home-spoilt-while-stuck",
        // A rename that was done and answered with an error: the file was looked for at its old
        // place.
        "moved-without-being-told",
        // A file whose known names were gone was written to, and then another name of it was found
        // in home.
        "name-found-after-the-change",
        // An open file without a known name, kept among the orphans, was found under another name
        // in home, lost that too, and was no orphan any more: it was removed while it was open.
        "name-found-of-an-orphan"
      })
  void staysRight(String name) throws IOException {
    History history = History.parse(text(name));
    for (Tearing tearing : Tearing.values()) {
      HarnessOptions options =
          HarnessOptions.defaults()
              .thorough()
              .withFaultRuns(60)
              .withSimulation(SimulationOptions.defaults().withTearing(tearing));
      new CrashHarness(EngineSubject::new, options).run(history);
      new FaultHarness(EngineSubject::new, options).run(history);
    }
  }

  private static String text(String name) throws IOException {
    String path = "histories/" + name + ".txt";
    try (InputStream file = FoundHistoriesTest.class.getResourceAsStream(path)) {
      return new String(file.readAllBytes(), UTF_8);
    }
  }
}
