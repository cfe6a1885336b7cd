package dev.vfo.cli.demo;

import dev.vfo.cli.RootRegistry;
import dev.vfo.cli.Terminal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The folders of demos that were killed, and so could not remove them. Only what is surely one is
 * taken away: it has our owner, nobody else may write to it, and there is a {@link DemoMark} in it
 * that no process holds. Stateless.
 */
final class LeftDemos {
  private static final Set<PosixFilePermission> OURS_ALONE =
      PosixFilePermissions.fromString("rwx------");

  private LeftDemos() {}

  /**
   * Removes those that lie beside the folder of a running demo. What cannot be removed is told, and
   * harms nothing.
   */
  static void remove(Path running, RootRegistry registry, Terminal terminal) throws IOException {
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(running.resolveSibling(""), DemoFolder.PREFIX + "*")) {
      for (Path folder : folders) {
        // Our own mark must not be touched: a process that closes a file loses its locks on it.
        if (!folder.equals(running)) {
          removeIfLeft(folder, running, registry, terminal);
        }
      }
    }
  }

  private static void removeIfLeft(
      Path folder, Path running, RootRegistry registry, Terminal terminal) {
    try {
      if (!isOfSameOwner(folder, running) || !Files.isRegularFile(DemoMark.in(folder))) {
        return;
      }
      try (FileChannel mark = FileChannel.open(DemoMark.in(folder), StandardOpenOption.WRITE)) {
        if (mark.tryLock() != null) {
          DemoFolder.remove(folder, registry);
          terminal.error("vfo: removed " + folder + ", left by a demo that was killed");
        }
      }
    } catch (IOException e) {
      terminal.error("vfo: cannot remove " + folder + " of a killed demo: " + e.getMessage());
    }
  }

  private static boolean isOfSameOwner(Path folder, Path running) throws IOException {
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(folder).equals(Files.getOwner(running))
        && Files.getPosixFilePermissions(folder).equals(OURS_ALONE);
  }
}
