package dev.vfo.cli.job;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The postings of one bucket's words: blocks of 60 bytes with the number of the word's block before
 * and up to seven postings. The newest block of a word is filled in place, then a new one is added
 * at the end of the file.
 */
final class PostingFile implements AutoCloseable {
  private static final int PER_BLOCK = 7;
  private static final int HEADER_BYTES = 4;
  private static final int POSTING_BYTES = 8;
  private static final int BLOCK_BYTES = HEADER_BYTES + PER_BLOCK * POSTING_BYTES;

  private final WorkFile file;
  private final ByteBuffer buffer = ByteBuffer.allocate(BLOCK_BYTES);
  private int blocks;

  private PostingFile(WorkFile file) throws IOException {
    this.file = file;
    this.blocks = Math.toIntExact(file.size() / BLOCK_BYTES);
  }

  static PostingFile open(WorkFiles files, String path) throws IOException {
    return new PostingFile(files.open(path, READ, WRITE, CREATE));
  }

  /**
   * Adds postings to a word.
   *
   * @param lastBlock the word's newest block, if it has postings
   * @param count how many postings it has
   * @return its newest block from now on
   */
  int add(int lastBlock, int count, List<Posting> added) throws IOException {
    int block = lastBlock;
    for (int done = 0; done < added.size(); ) {
      int place = (count + done) % PER_BLOCK;
      int end = Math.min(added.size(), done + PER_BLOCK - place);
      if (place == 0) {
        block = addBlock(block, added.subList(done, end));
      } else {
        fill(block, place, added.subList(done, end));
      }
      done = end;
    }
    return block;
  }

  private void fill(int block, int place, List<Posting> added) throws IOException {
    buffer.clear();
    added.forEach(this::put);
    buffer.flip();
    long start = (long) block * BLOCK_BYTES + HEADER_BYTES;
    file.writeFully(buffer, start + (long) place * POSTING_BYTES);
  }

  private int addBlock(int before, List<Posting> added) throws IOException {
    buffer.clear();
    buffer.putInt(before);
    added.forEach(this::put);
    while (buffer.hasRemaining()) {
      buffer.put((byte) 0);
    }
    buffer.flip();
    file.writeFully(buffer, (long) blocks * BLOCK_BYTES);
    return blocks++;
  }

  private void put(Posting posting) {
    buffer.putInt(posting.document()).putInt(posting.count());
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
