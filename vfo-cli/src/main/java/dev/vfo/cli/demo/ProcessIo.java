package dev.vfo.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kernel's count of what this process writes to disks: {@code write_bytes} in {@code
 * /proc/self/io}.
 */
final class ProcessIo {
  private static final Path FILE = Path.of("/proc/self/io");
  private static final String KEY = "write_bytes: ";

  /** Bytes so far; 0 where the kernel does not count, or the file system is one in memory. */
  long diskBytes() throws IOException {
    if (!Files.isReadable(FILE)) {
      return 0;
    }
    return Files.readString(FILE)
        .lines()
        .filter(line -> line.startsWith(KEY))
        .mapToLong(line -> Long.parseLong(line.substring(KEY.length())))
        .findFirst()
        .orElse(0);
  }
}
