package dev.vfo.cli.demo;

import dev.vfo.cli.job.Corpus;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes text where a system has too little of it: the names in the classes of the JDK's own
 * modules, a document a class.
 */
final class JdkNames {
  private JdkNames() {}

  /**
   * Adds documents until the corpus has so many bytes; classes come again when there are too few.
   */
  static void fill(Corpus.Writer corpus, long bytes) throws IOException {
    Path modules = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");
    List<Path> classes;
    try (Stream<Path> walk = Files.walk(modules)) {
      classes = walk.filter(path -> path.toString().endsWith(".class")).sorted().toList();
    }
    while (!classes.isEmpty() && corpus.totalBytes() < bytes) {
      for (Path path : classes) {
        if (corpus.totalBytes() >= bytes) {
          return;
        }
        corpus.add(path.toString(), names(path).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /**
   * The strings of a class file's constant pool: names of classes and members, and what the class
   * says.
   */
  private static String names(Path classFile) throws IOException {
    StringBuilder names = new StringBuilder();
    try (InputStream file = Files.newInputStream(classFile);
        DataInputStream in = new DataInputStream(file)) {
      in.skipNBytes(8);
      int count = in.readUnsignedShort();
      for (int i = 1; i < count; i++) {
        int tag = in.readUnsignedByte();
        switch (tag) {
          case 1 -> names.append(in.readUTF().strip()).append('\n');
          case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
          case 5, 6 -> {
            in.skipNBytes(8);
            // Long and double constants take two places.
            i++;
          }
          case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
          case 15 -> in.skipNBytes(3);
          default -> throw new IOException(classFile + ": constant of the unknown kind " + tag);
        }
      }
    }
    return names.toString();
  }
}
