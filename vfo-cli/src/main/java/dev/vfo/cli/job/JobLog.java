package dev.vfo.cli.job;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The job's log: lines are appended; a long one is renamed, the oldest of four is deleted. */
final class JobLog {
  private static final long ROTATE_BYTES = 64 << 10;
  private static final int KEPT = 4;

  private final WorkFiles files;
  private final String path;

  JobLog(WorkFiles files, String path) {
    this.files = files;
    this.path = path;
  }

  void append(String lines) throws IOException {
    long size;
    try (WorkFile log = files.open(path, WRITE, CREATE)) {
      log.append(lines.getBytes(StandardCharsets.UTF_8));
      size = log.size();
    }
    if (size > ROTATE_BYTES) {
      rotate();
    }
  }

  private void rotate() throws IOException {
    if (files.exists(path + "." + KEPT)) {
      files.delete(path + "." + KEPT);
    }
    for (int i = KEPT - 1; i > 0; i--) {
      if (files.exists(path + "." + i)) {
        files.rename(path + "." + i, path + "." + (i + 1));
      }
    }
    files.rename(path, path + ".1");
  }
}
