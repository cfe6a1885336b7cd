package dev.vfo.cli.demo;

import dev.vfo.cli.job.IndexReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What is wrong with the tree of a job that was killed on plain files.
 *
 * @param wrongFiles how many files are not as they should be
 * @param lines the same in words
 */
record PlainDamage(int wrongFiles, List<String> lines) {

  /**
   * Finds it.
   *
   * @param missing how often a step that was repeated missed a file
   */
  static PlainDamage of(Path expected, Path actual, int missing) throws IOException {
    TreeComparison tree = TreeComparison.of(expected, actual);
    List<String> differences = tree.differences();
    List<String> lines = new ArrayList<>();
    if (differences.isEmpty()) {
      lines.add("The kills did no harm this time: the tree is that of the undisturbed run.");
    } else {
      lines.add(
          "DIFFERENT: %d files are wrong (of %d); the first:"
              .formatted(differences.size(), tree.files()));
      lines.add("  " + differences.getFirst());
      int doubled = linesTwice(actual.resolve("log")) - linesTwice(expected.resolve("log"));
      lines.add("  FARE: " + doubled + " lines stand twice in the log");
      lines.addAll(counts(expected.resolve("index"), actual.resolve("index")));
      lines.add("  FAD: " + missing + " times a repeated step missed a file that was gone");
    }
    return new PlainDamage(differences.size(), lines);
  }

  private static int linesTwice(Path folder) throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    try (Stream<Path> logs = Files.list(folder)) {
      for (Path log : logs.toList()) {
        Files.readAllLines(log).forEach(line -> counts.merge(line, 1, Integer::sum));
      }
    }
    return (int) counts.values().stream().filter(count -> count > 1).count();
  }

  private static List<String> counts(Path expected, Path actual) throws IOException {
    Map<String, Integer> right = IndexReader.counts(expected);
    Map<String, Integer> found;
    try {
      found = IndexReader.counts(actual);
    } catch (IOException | RuntimeException e) {
      return List.of("  The index cannot be read any more: " + e.getMessage());
    }
    List<Map.Entry<String, Integer>> wrong =
        right.entrySet().stream()
            .filter(word -> !word.getValue().equals(found.get(word.getKey())))
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .toList();
    if (wrong.isEmpty()) {
      return List.of();
    }
    Map.Entry<String, Integer> first = wrong.getFirst();
    int count = found.getOrDefault(first.getKey(), 0);
    return List.of(
        "  FARW: %d of %d words are counted wrong,".formatted(wrong.size(), right.size()),
        "    \"%s\" as %d instead of %d".formatted(first.getKey(), count, first.getValue()));
  }
}
