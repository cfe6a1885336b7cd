package dev.vfo.cli.demo;

import dev.vfo.cli.RootRegistry;
import dev.vfo.cli.Terminal;
import java.nio.file.Path;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a part of the demo works with.
 *
 * @param terminal where it prints
 * @param folder its own, empty
 * @param input folder with the text to index; empty for what the system has
 * @param kills how often the engine's job is killed
 * @param random source of the instants at which it is killed
 */
record DemoSettings(
    Terminal terminal, Path folder, Optional<Path> input, int kills, RandomGenerator random) {

  /**
   * A root in the folder for workers. With VFO it is on the user's list while they run: one that is
   * left by a kill is found by {@code vfo recover --all}.
   */
  Worker.Place place(boolean vfo, Path root) {
    return new Worker.Place(vfo, root, RootRegistry.ofUser(terminal).folder());
  }
}
