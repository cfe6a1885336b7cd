package dev.vfo.fuse;

import dev.vfo.testkit.history.HistoryGenerator;
import dev.vfo.testkit.history.Profile;
import java.io.IOException;
import java.nio.file.Path;

/** A process that compares histories in a plain directory and in a mount that others use, too. */
final class HistoryClient {
  private HistoryClient() {}

  /** The folder in which it ran a history. */
  static String folder(int profile, long seed) {
    return "p" + profile + "-s" + seed;
  }

  /** Arguments: plain directory, mount, first seed, how many. */
  public static void main(String[] args) throws IOException {
    HistoryComparison comparison = new HistoryComparison(Path.of(args[0]), Path.of(args[1]));
    long first = Long.parseLong(args[2]);
    int operations = 0;
    for (int profile = 0; profile < Profile.COMPARABLE.size(); profile++) {
      HistoryGenerator generator = new HistoryGenerator(Profile.COMPARABLE.get(profile));
      for (long seed = first; seed < first + Integer.parseInt(args[3]); seed++) {
        operations += comparison.run(generator.generate(seed), folder(profile, seed), _ -> {});
      }
    }
    System.out.println(operations + " operations");
  }
}
