package dev.vfo.cli.job;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of the job. One thread. */
public interface WorkFile extends AutoCloseable {

  /** Reads at an offset in bytes; how many bytes, -1 at the end of the file. */
  int read(ByteBuffer target, long offset) throws IOException;

  /** Writes at an offset in bytes; how many bytes. */
  int write(ByteBuffer source, long offset) throws IOException;

  /** Length in bytes. */
  long size() throws IOException;

  @Override
  void close() throws IOException;

  /** Fills the buffer, and flips it. */
  default void readFully(ByteBuffer target, long offset) throws IOException {
    target.clear();
    while (target.hasRemaining()) {
      if (read(target, offset + target.position()) < 0) {
        throw new EOFException("the file ends before " + (offset + target.capacity()));
      }
    }
    target.flip();
  }

  /** Writes all that remains in the buffer. */
  default void writeFully(ByteBuffer source, long offset) throws IOException {
    long at = offset;
    while (source.hasRemaining()) {
      at += write(source, at);
    }
  }

  /** Adds the bytes at the end. */
  default void append(byte[] bytes) throws IOException {
    writeFully(ByteBuffer.wrap(bytes), size());
  }

  /** The whole content. */
  default byte[] readAll() throws IOException {
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(size()));
    readFully(all, 0);
    return all.array();
  }
}
