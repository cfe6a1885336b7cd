package dev.vfo.cli.demo;

import dev.vfo.cli.Sizes;
import dev.vfo.cli.job.Corpus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The text that the engine's job reads.
 *
 * @param folder the corpus
 * @param bytes how much text
 * @param foundBytes how much of it was found, and not made
 * @param documents number of documents
 */
record TextGathering(Path folder, long bytes, long foundBytes, int documents) {
  private static final long ENOUGH_BYTES = 20_000_000;

  /**
   * Gathers it from the input folder or the system's; where there is too little the JDK's classes
   * help out.
   */
  static TextGathering gather(DemoSettings settings) throws IOException {
    Path folder = settings.folder().resolve("corpus");
    TextFinder finder = new TextFinder();
    for (Path source : settings.input().map(List::of).orElseGet(TextGathering::systemText)) {
      finder.addAll(source);
    }
    try (Corpus.Writer corpus = new Corpus.Writer(folder)) {
      finder.fill(corpus, ENOUGH_BYTES, settings.random());
      long foundBytes = corpus.totalBytes();
      if (foundBytes < ENOUGH_BYTES) {
        JdkNames.fill(corpus, ENOUGH_BYTES);
      }
      return new TextGathering(folder, corpus.totalBytes(), foundBytes, corpus.documents());
    }
  }

  private static List<Path> systemText() {
    Path jdk = Path.of(System.getProperty("java.home"));
    return List.of(
        jdk.resolve("legal"),
        jdk.resolve("conf"),
        jdk.resolve("release"),
        Path.of("/usr/share/doc"),
        Path.of("/usr/share/common-licenses"),
        Path.of("/usr/share/perl"));
  }

  /** What it is, in lines. */
  List<String> describe() {
    String all = "%s of text in %d documents".formatted(Sizes.decimal(bytes), documents);
    return foundBytes == bytes
        ? List.of(all)
        : List.of(all + ",", Sizes.decimal(bytes - foundBytes) + " of it names in JDK classes");
  }
}
