package dev.vfo.fuse.requests;

import java.io.IOException;

/** The pages of files that the kernel keeps, also written ones that we have not got yet. */
public interface PageCache {
  /**
   * Waits until we have got all bytes that were written to a file. Not to be called by a thread
   * that serves requests.
   */
  void bringIn(long node) throws IOException;
}
