package dev.vfo.cli.job;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The inverted index: for each word the documents that it stands in, in bucket files that are
 * updated in place.
 */
final class Index {
  /** Number of buckets; each has a table, a text file and a file of postings. */
  static final int BUCKETS = 64;

  private final WorkFiles files;
  private final String folder;

  Index(WorkFiles files, String folder) {
    this.files = files;
    this.folder = folder;
  }

  /** Adds the words of a part. */
  void merge(Part part) throws IOException {
    List<List<Map.Entry<String, List<Posting>>>> buckets = new ArrayList<>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      buckets.add(new ArrayList<>());
    }
    part.postings().entrySet().forEach(word -> buckets.get(bucket(word.getKey())).add(word));
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      if (!buckets.get(bucket).isEmpty()) {
        merge(folder + "/" + (bucket / 10) + (bucket % 10), buckets.get(bucket));
      }
    }
  }

  private void merge(String path, List<Map.Entry<String, List<Posting>>> words) throws IOException {
    try (WordTable table = WordTable.open(files, path + ".table");
        WorkFile texts = files.open(path + ".words", WRITE, CREATE);
        PostingFile postings = PostingFile.open(files, path + ".postings")) {
      for (Map.Entry<String, List<Posting>> word : words) {
        merge(word.getKey(), word.getValue(), table, texts, postings);
      }
    }
  }

  private static void merge(
      String word, List<Posting> added, WordTable table, WorkFile texts, PostingFile postings)
      throws IOException {
    long hash = hash(word);
    WordTable.Slot slot = table.find(hash);
    WordTable.Entry old = slot.entry();
    int textOffset = old.isFree() ? addText(texts, word) : old.textOffset();
    int block = postings.add(old.lastBlock(), old.documents(), added);
    int count = old.count() + added.stream().mapToInt(Posting::count).sum();
    int documents = old.documents() + added.size();
    table.put(slot, new WordTable.Entry(hash, textOffset, count, documents, block));
  }

  private static int addText(WorkFile texts, String word) throws IOException {
    int offset = Math.toIntExact(texts.size());
    texts.append((word + "\n").getBytes(StandardCharsets.UTF_8));
    return offset;
  }

  /** The bucket that a word belongs to, from 0. */
  static int bucket(String word) {
    return (int) (hash(word) >>> 58);
  }

  /** FNV-1a of the word's bytes, mixed; never 0. Two words of one hash would be counted as one. */
  private static long hash(String word) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 32)) * 0x9e3779b97f4a7c15L;
    return hash == 0 ? 1 : hash;
  }
}
