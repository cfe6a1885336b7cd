package dev.vfo.run.space;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where file systems are mounted, in this process' mount namespace. */
public final class MountPoints {
  private MountPoints() {}

  /** Those below a directory, in order; it is absolute and without links. */
  public static List<Path> below(Path directory) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/mounts"))) {
      return lines
          .map(line -> Path.of(unescaped(line.split(" ", -1)[1])))
          .filter(point -> point.startsWith(directory) && !point.equals(directory))
          .distinct()
          .sorted()
          .toList();
    }
  }

  // The kernel writes space, tab, new line and backslash as three octal digits.
  private static String unescaped(String text) {
    return text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
