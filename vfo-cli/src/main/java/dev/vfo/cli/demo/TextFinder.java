package dev.vfo.cli.demo;

import dev.vfo.cli.job.Corpus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Fills a corpus with the text files of some folders, in random order, until it is large enough.
 */
final class TextFinder {
  private static final long MIN_BYTES = 200;
  private static final long MAX_BYTES = 128 << 10;
  private static final int PROBE_BYTES = 1024;

  private final List<Path> files = new ArrayList<>();

  /** Adds the files of a folder, or a file; what does not exist or may not be read adds nothing. */
  void addAll(Path top) throws IOException {
    if (!Files.exists(top)) {
      return;
    }
    Files.walkFileTree(
        top.toRealPath(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()
                && attributes.size() >= MIN_BYTES
                && attributes.size() <= MAX_BYTES) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            // A folder that this user may not read: there is other text.
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Adds documents until the corpus has so many bytes, or there are no more files. */
  void fill(Corpus.Writer corpus, long bytes, RandomGenerator random) throws IOException {
    Collections.sort(files);
    Collections.shuffle(files, random);
    for (Path file : files) {
      if (corpus.totalBytes() >= bytes) {
        return;
      }
      if (Files.isReadable(file) && isText(file)) {
        corpus.add(file.toString(), Files.readAllBytes(file));
      }
    }
  }

  /**
   * Whether the file starts without control characters, as neither programs nor packed files do.
   */
  private static boolean isText(Path file) throws IOException {
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(PROBE_BYTES);
    }
    for (byte b : start) {
      if (b >= 0 && b < ' ' && b != '\n' && b != '\t' && b != '\r' && b != '\f') {
        return false;
      }
    }
    return true;
  }
}
