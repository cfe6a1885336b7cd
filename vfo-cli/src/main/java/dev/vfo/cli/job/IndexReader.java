package dev.vfo.cli.job;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads a finished index as what it is: ordinary files in an ordinary folder. */
public final class IndexReader {
  private IndexReader() {}

  /** How often each word stands in the corpus. */
  public static Map<String, Integer> counts(Path indexFolder) throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    List<Path> tables;
    try (Stream<Path> files = Files.list(indexFolder)) {
      tables = files.filter(file -> file.toString().endsWith(".table")).toList();
    }
    for (Path table : tables) {
      Path words = Path.of(table.toString().replaceAll("table$", "words"));
      addCounts(Files.readAllBytes(table), Files.readAllBytes(words), counts);
    }
    return counts;
  }

  private static void addCounts(byte[] table, byte[] words, Map<String, Integer> counts)
      throws IOException {
    ByteBuffer slots = ByteBuffer.wrap(table);
    for (int at = WordTable.SLOT_BYTES; at < table.length; at += WordTable.SLOT_BYTES) {
      long hash = slots.getLong(at);
      if (hash != 0) {
        int start = slots.getInt(at + 8);
        counts.put(word(words, start), slots.getInt(at + 12));
      }
    }
  }

  private static String word(byte[] words, int start) throws IOException {
    int end = start;
    while (end < words.length && words[end] != '\n') {
      end++;
    }
    if (start < 0 || end == words.length) {
      throw new IOException("no word at " + start);
    }
    return new String(words, start, end - start, StandardCharsets.UTF_8);
  }
}
