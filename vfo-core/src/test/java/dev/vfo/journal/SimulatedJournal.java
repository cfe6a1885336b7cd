package dev.vfo.journal;

import dev.vfo.testkit.SimulatedStorage;
import java.io.IOException;
import java.nio.file.Path;

/** Journals on a simulated disk. */
final class SimulatedJournal {
  private static final Path ROOT = Path.of("/root");

  private SimulatedJournal() {}

  /** A new one; nothing of it is un-synced. */
  static TestJournal create(SimulatedStorage storage) throws IOException {
    storage.makeDirectory(ROOT);
    return TestJournal.create(storage, storage.openRoot(ROOT));
  }

  /** The one that is there. */
  static TestJournal open(SimulatedStorage storage) throws IOException {
    return TestJournal.at(storage, storage.openRoot(ROOT));
  }
}
