package dev.vfo.storage.linux;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Descriptors that one thread has for itself. */
public final class OwnDescriptors {
  private static final Path MINE = Path.of("/proc/thread-self/fd");
  private static final Path JAVA = Path.of(System.getProperty("java.home"));
  private static final int LAST_STANDARD = 2;

  private OwnDescriptors() {}

  /**
   * Gives the calling thread a table of descriptors of its own, in which nothing is open but what
   * the JVM loads classes from, and the standard streams. What it opens from now on no other thread
   * has, and nothing that others have open stays open for its sake.
   *
   * <p>A thread that waits for a file system which this process serves needs that: else the device
   * would stay open when the process is killed meanwhile, and the wait go on.
   */
  public static void take() throws IOException {
    Kernel kernel = Kernel.get();
    if (kernel.call(SystemCall.UNSHARE, Platform.CLONE_FILES) < 0) {
      throw kernel.failure("unshare", "the descriptors");
    }
    for (int fd : strangers()) {
      Opening.close(fd);
    }
  }

  private static List<Integer> strangers() throws IOException {
    List<Integer> found = new ArrayList<>();
    try (DirectoryStream<Path> open = Files.newDirectoryStream(MINE)) {
      for (Path each : open) {
        int fd = Integer.parseInt(each.getFileName().toString());
        if (fd > LAST_STANDARD && !isJvms(each)) {
          found.add(fd);
        }
      }
    }
    // The one that the list was read by is closed by now.
    found.removeIf(fd -> !Files.isSymbolicLink(MINE.resolve(Integer.toString(fd))));
    return found;
  }

  private static boolean isJvms(Path descriptor) throws IOException {
    try {
      Path target = Files.readSymbolicLink(descriptor);
      return target.startsWith(JAVA) || target.toString().endsWith(".jar");
    } catch (NoSuchFileException e) {
      return true;
    }
  }
}
