package dev.vfo.cli.demo;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file that marks a folder as a demo's, locked by the demo. The lock ends with the process,
 * however that ends; unlike a process number it is never somebody else's, and it is seen from all
 * containers.
 */
final class DemoMark implements AutoCloseable {
  private static final String NAME = "vfo-demo.lock";

  private final FileChannel locked;

  private DemoMark(FileChannel locked) {
    this.locked = locked;
  }

  /** Where it lies in a folder. */
  static Path in(Path folder) {
    return folder.resolve(NAME);
  }

  /** Marks a folder as that of this process. */
  static DemoMark set(Path folder) throws IOException {
    Path next = folder.resolve(NAME + ".new");
    FileChannel file =
        FileChannel.open(next, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      file.lock();
      // Gets its name when it is locked: so one that is not locked is of a process that is gone.
      Files.move(next, in(folder));
    } catch (IOException e) {
      file.close();
      throw e;
    }
    return new DemoMark(file);
  }

  @Override
  public void close() throws IOException {
    locked.close();
  }
}
