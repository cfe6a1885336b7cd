package dev.vfo.cli.demo;

import java.io.IOException;

/**
 * A real job over real text: undisturbed, then with VFO under {@code kill -9}, then on plain files
 * under the same.
 */
final class EnginePart implements DemoPart {

  @Override
  public String name() {
    return "engine";
  }

  @Override
  public String title() {
    return "a job over real text is killed again and again";
  }

  @Override
  public PartResult run(DemoSettings settings) throws IOException, InterruptedException {
    return new EngineSession(settings, TextGathering.gather(settings)).run();
  }
}
