package dev.vfo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Tells whether a manager has a root open, from the kernel's list of locks: without touching the
 * lock itself. Stateless.
 */
final class RunningManager {
  private static final Path LOCKS = Path.of("/proc/locks");

  /** Columns of /proc/locks: the process, and the file as MAJOR:MINOR:INODE. */
  private static final int PROCESS = 4;

  private static final int FILE = 5;

  private RunningManager() {}

  /**
   * The process that has the root open; 0 when it is one that cannot be seen from here. Empty when
   * there is none.
   */
  static OptionalLong of(Path root) throws IOException {
    Path lock = root.resolve(RootFinder.CONTROL).resolve("lock");
    if (!Files.exists(lock) || !Files.isReadable(LOCKS)) {
      return OptionalLong.empty();
    }
    String inode = ":" + Files.getAttribute(lock, "unix:ino");
    try (Stream<String> lines = Files.lines(LOCKS)) {
      return lines
          .map(line -> line.strip().split(" +", -1))
          .filter(words -> words.length > FILE && words[FILE].endsWith(inode))
          .mapToLong(words -> Math.max(0, Long.parseLong(words[PROCESS])))
          .findFirst();
    }
  }
}
