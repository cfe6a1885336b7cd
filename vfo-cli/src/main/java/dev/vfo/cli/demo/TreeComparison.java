package dev.vfo.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds where two folders differ: in names, kinds, permissions or a single byte. What VFO keeps in
 * {@code .vfo} does not count.
 */
final class TreeComparison {
  private final Path expected;
  private final Path actual;
  private final List<String> differences = new ArrayList<>();
  private int files;
  private long bytes;

  private TreeComparison(Path expected, Path actual) {
    this.expected = expected;
    this.actual = actual;
  }

  static TreeComparison of(Path expected, Path actual) throws IOException {
    TreeComparison comparison = new TreeComparison(expected, actual);
    comparison.compare();
    return comparison;
  }

  /** A line for each file that differs. */
  List<String> differences() {
    return differences;
  }

  /** Number of files in the expected folder. */
  int files() {
    return files;
  }

  /** Their length in all. */
  long bytes() {
    return bytes;
  }

  private void compare() throws IOException {
    SortedMap<String, Path> wanted = list(expected);
    SortedMap<String, Path> found = list(actual);
    for (String name : wanted.keySet()) {
      Path file = wanted.get(name);
      if (Files.isRegularFile(file)) {
        files++;
        bytes += Files.size(file);
      }
      if (!found.containsKey(name)) {
        differences.add(name + ": missing");
      } else {
        compare(name, file, actual.resolve(name));
      }
    }
    found.keySet().stream()
        .filter(name -> !wanted.containsKey(name))
        .forEach(name -> differences.add(name + ": should not be there"));
  }

  private void compare(String name, Path wanted, Path found) throws IOException {
    Object wantedMode = Files.getAttribute(wanted, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    Object foundMode = Files.getAttribute(found, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if (!wantedMode.equals(foundMode)) {
      differences.add(name + ": another kind or other permissions");
    } else if (Files.isRegularFile(wanted)) {
      long at = Files.mismatch(wanted, found);
      if (at >= 0) {
        long wantedSize = Files.size(wanted);
        long foundSize = Files.size(found);
        differences.add(
            wantedSize == foundSize
                ? name + ": differs from byte " + at + " on"
                : name + ": " + foundSize + " bytes instead of " + wantedSize);
      }
    }
  }

  private static SortedMap<String, Path> list(Path top) throws IOException {
    SortedMap<String, Path> entries = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(top)) {
      walk.filter(path -> !path.equals(top) && !path.startsWith(top.resolve(".vfo")))
          .forEach(path -> entries.put(top.relativize(path).toString(), path));
    }
    return entries;
  }
}
