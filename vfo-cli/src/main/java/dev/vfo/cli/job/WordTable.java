package dev.vfo.cli.job;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A hash table in a file: what is known of each word of one bucket. Slots of 24 bytes, the first
 * one holds the number of words; a word is looked for from slot {@code hash mod capacity} on. A
 * table that gets full is written anew, twice as large, and renamed over the old one.
 */
final class WordTable implements AutoCloseable {
  static final int SLOT_BYTES = 24;
  private static final int FIRST_CAPACITY = 64;

  /**
   * What is known of a word.
   *
   * @param hash of the word; 0 when the slot is free
   * @param textOffset of the word in the bucket's text file
   * @param count how often it stands in all documents
   * @param documents in how many of them
   * @param lastBlock number of the newest block of its postings
   */
  record Entry(long hash, int textOffset, int count, int documents, int lastBlock) {
    boolean isFree() {
      return hash == 0;
    }
  }

  /** An entry with its place in the table. */
  record Slot(int index, Entry entry) {}

  private final WorkFiles files;
  private final String path;
  private final ByteBuffer buffer = ByteBuffer.allocate(SLOT_BYTES);
  private WorkFile file;
  private int capacity;
  private int words;

  private WordTable(WorkFiles files, String path, WorkFile file) throws IOException {
    this.files = files;
    this.path = path;
    this.file = file;
    if (file.size() == 0) {
      format(file, FIRST_CAPACITY);
    }
    capacity = Math.toIntExact(file.size() / SLOT_BYTES) - 1;
    file.readFully(buffer, 0);
    words = buffer.getInt(0);
  }

  static WordTable open(WorkFiles files, String path) throws IOException {
    return new WordTable(files, path, files.open(path, READ, WRITE, CREATE));
  }

  private static void format(WorkFile file, int capacity) throws IOException {
    file.writeFully(ByteBuffer.allocate((capacity + 1) * SLOT_BYTES), 0);
  }

  /** The slot of the word with this hash, or the free one that it would get. */
  Slot find(long hash) throws IOException {
    int index = firstSlot(hash);
    for (int probes = 0; probes < capacity; probes++) {
      file.readFully(buffer, offset(index));
      Entry entry = read(buffer);
      if (entry.hash() == hash || entry.isFree()) {
        return new Slot(index, entry);
      }
      index = (index + 1) % capacity;
    }
    throw new IOException(path + " is damaged: its table is full");
  }

  /** Puts an entry into the slot that {@link #find} gave, in place. */
  void put(Slot slot, Entry entry) throws IOException {
    buffer.clear();
    write(entry, buffer);
    file.writeFully(buffer.flip(), offset(slot.index()));
    if (slot.entry().isFree()) {
      words++;
      saveWordCount();
      if (words * 4 > capacity * 3) {
        grow();
      }
    }
  }

  private static Entry read(ByteBuffer from) {
    return new Entry(from.getLong(), from.getInt(), from.getInt(), from.getInt(), from.getInt());
  }

  private static void write(Entry entry, ByteBuffer to) {
    to.putLong(entry.hash()).putInt(entry.textOffset()).putInt(entry.count());
    to.putInt(entry.documents()).putInt(entry.lastBlock());
  }

  /** Writes the words to a table of twice the capacity, which replaces this one. */
  private void grow() throws IOException {
    ByteBuffer old = ByteBuffer.wrap(file.readAll());
    file.close();
    capacity *= 2;
    ByteBuffer slots = ByteBuffer.allocate((capacity + 1) * SLOT_BYTES).putInt(0, words);
    for (old.position(SLOT_BYTES); old.hasRemaining(); ) {
      Entry entry = read(old);
      if (!entry.isFree()) {
        int index = firstSlot(entry.hash());
        while (slots.getLong((int) offset(index)) != 0) {
          index = (index + 1) % capacity;
        }
        write(entry, slots.position((int) offset(index)));
      }
    }
    file = files.open(path + ".new", READ, WRITE, CREATE);
    file.writeFully(slots.rewind(), 0);
    files.rename(path + ".new", path);
  }

  private void saveWordCount() throws IOException {
    buffer.clear();
    buffer.putInt(words).flip();
    file.writeFully(buffer, 0);
  }

  private int firstSlot(long hash) {
    return (int) Long.remainderUnsigned(hash, capacity);
  }

  private static long offset(int index) {
    return (index + 1L) * SLOT_BYTES;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
