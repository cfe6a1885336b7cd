package dev.vfo.cli.job;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Some words with the documents that they stand in, on their way into the index: in memory, or a
 * work file with a line for each, {@code word document:count ...}.
 */
final class Part {
  private final Map<String, List<Posting>> postings = new HashMap<>();

  /** Adds a word of a document; documents by ascending index. */
  void add(String word, Posting posting) {
    postings.computeIfAbsent(word, w -> new ArrayList<>()).add(posting);
  }

  /** The words in order, each with the documents that it stands in. */
  SortedMap<String, List<Posting>> postings() {
    return new TreeMap<>(postings);
  }

  void write(WorkFiles files, String path) throws IOException {
    StringBuilder text = new StringBuilder();
    postings()
        .forEach((word, list) -> {
          text.append(word);
          list.forEach(p -> text.append(' ').append(p.document()).append(':').append(p.count()));
          text.append('\n');
        });
    try (WorkFile file = files.open(path, WRITE, CREATE, TRUNCATE_EXISTING)) {
      file.writeFully(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)), 0);
    }
  }

  /** Adds what a work file has; files by ascending index of their documents. */
  void addAll(WorkFiles files, String path) throws IOException {
    try (WorkFile file = files.open(path, READ)) {
      new String(file.readAll(), StandardCharsets.UTF_8).lines().forEach(this::addLine);
    }
  }

  private void addLine(String line) {
    int at = line.indexOf(' ');
    String word = line.substring(0, at);
    while (at >= 0) {
      int end = line.indexOf(' ', at + 1);
      int colon = line.indexOf(':', at);
      int document = Integer.parseInt(line, at + 1, colon, 10);
      int count = Integer.parseInt(line, colon + 1, end < 0 ? line.length() : end, 10);
      add(word, new Posting(document, count));
      at = end;
    }
  }
}
