package dev.vfo.cli.demo;

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
    Terminal terminal, Path folder, Optional<Path> input, int kills, RandomGenerator random) {}
