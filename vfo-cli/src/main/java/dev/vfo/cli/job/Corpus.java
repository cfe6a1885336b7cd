package dev.vfo.cli.job;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.BufferedWriter;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The job's input: documents, numbered from 0. A folder with two files: {@code texts} holds their
 * contents one behind the other, {@code list} a line for each, its length in bytes and its name.
 * One thread.
 */
public final class Corpus implements AutoCloseable {
  private record Document(String name, long offset, int lengthBytes) {}

  private final FileChannel texts;
  private final List<Document> documents;
  private final long totalBytes;

  private Corpus(FileChannel texts, List<Document> documents, long totalBytes) {
    this.texts = texts;
    this.documents = documents;
    this.totalBytes = totalBytes;
  }

  /** Opens the corpus in a folder, for reading. */
  public static Corpus open(Path folder) throws IOException {
    List<Document> documents = new ArrayList<>();
    long offset = 0;
    for (String line : Files.readAllLines(folder.resolve("list"))) {
      int space = line.indexOf(' ');
      int length = Integer.parseInt(line, 0, space, 10);
      documents.add(new Document(line.substring(space + 1), offset, length));
      offset += length;
    }
    return new Corpus(FileChannel.open(folder.resolve("texts")), documents, offset);
  }

  /** Number of documents. */
  public int size() {
    return documents.size();
  }

  /** Length of all of them. */
  public long totalBytes() {
    return totalBytes;
  }

  /** Name of a document. */
  public String name(int document) {
    return documents.get(document).name();
  }

  /** Content of a document. */
  public byte[] text(int document) throws IOException {
    Document wanted = documents.get(document);
    ByteBuffer text = ByteBuffer.allocate(wanted.lengthBytes());
    while (text.hasRemaining()) {
      if (texts.read(text, wanted.offset() + text.position()) < 0) {
        throw new EOFException("the corpus was cut");
      }
    }
    return text.array();
  }

  @Override
  public void close() throws IOException {
    texts.close();
  }

  /** Makes a corpus in a folder. One thread. */
  public static final class Writer implements AutoCloseable {
    private final OutputStream texts;
    private final BufferedWriter list;
    private long totalBytes;
    private int documents;

    /** A corpus without documents. */
    public Writer(Path folder) throws IOException {
      Files.createDirectories(folder);
      texts = Files.newOutputStream(folder.resolve("texts"), WRITE, CREATE_NEW);
      list = Files.newBufferedWriter(folder.resolve("list"), WRITE, CREATE_NEW);
    }

    /** Adds a document; control characters in its name become '?'. */
    public void add(String name, byte[] text) throws IOException {
      texts.write(text);
      list.write(text.length + " " + name.replaceAll("\\p{Cntrl}", "?") + "\n");
      totalBytes += text.length;
      documents++;
    }

    /** Length of all documents so far. */
    public long totalBytes() {
      return totalBytes;
    }

    /** How many documents were added. */
    public int documents() {
      return documents;
    }

    @Override
    public void close() throws IOException {
      try (texts) {
        list.close();
      }
    }
  }
}
