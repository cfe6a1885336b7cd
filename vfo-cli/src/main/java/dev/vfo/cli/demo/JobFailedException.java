package dev.vfo.cli.demo;

import java.io.IOException;

/** A job that ended by itself before it was done. */
final class JobFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  JobFailedException(String reason) {
    super(reason);
  }
}
