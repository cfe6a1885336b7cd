package dev.vfo.fuse.session;

import java.io.IOException;

/** Does what requests ask for. Called by several threads at a time. */
@FunctionalInterface
public interface RequestHandler {
  /**
   * Serves a request: reads it, and makes the answer.
   *
   * @throws IOException the errno of a {@link dev.vfo.storage.StorageException} becomes the answer;
   *     of any other it is EIO
   */
  void handle(Exchange exchange) throws IOException;
}
