package dev.vfo.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vfo.KernelUnnamedFiles;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.history.ControlOperation;
import dev.vfo.testkit.history.FileOperation;
import dev.vfo.testkit.history.History;
import dev.vfo.testkit.history.Operation;
import dev.vfo.testkit.history.Outcome;
import dev.vfo.testkit.model.ModelXattrs;
import dev.vfo.testkit.model.PlainFiles;
import dev.vfo.testkit.model.TreeDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The same histories on a plain directory and in a mount, each in a folder of its own: every result
 * and errno must be the same, but for times of modification, which depend on when a call was made.
 */
final class HistoryComparison {
  private static final Name NONE = Name.of("none of these");

  private final Storage storage = new LinuxStorage();
  private final Path plain;
  private final Path mount;

  HistoryComparison(Path plain, Path mount) {
    this.plain = plain;
    this.mount = mount;
  }

  /** What a history does to the step, not to the files. */
  interface Control {
    void perform(ControlOperation operation) throws IOException;
  }

  /** Runs a history; returns how many operations that were. */
  int run(History history, String name, Control control) throws IOException {
    int plainFd = storage.openRoot(Files.createDirectory(plain.resolve(name)));
    int mountFd = storage.openRoot(Files.createDirectory(mount.resolve(name)));
    int count = 0;
    try (PlainFiles kernel = new PlainFiles(storage, plainFd, new KernelUnnamedFiles());
        PlainFiles vfo = new PlainFiles(storage, mountFd, new KernelUnnamedFiles())) {
      List<Operation> all = new ArrayList<>(history.setup());
      all.addAll(history.operations());
      for (Operation operation : all) {
        if (operation instanceof ControlOperation step) {
          control.perform(step);
        } else if (!isAmbiguous(operation)) {
          count++;
          compare((FileOperation) operation, kernel, vfo, history);
        }
      }
      assertEquals(
          TreeDescription.of(kernel, NONE), TreeDescription.of(vfo, NONE), history::toString);
    } finally {
      storage.close(plainFd);
      storage.close(mountFd);
    }
    return count;
  }

  // A write by user 0 takes a capability away and leaves set-id bits; a chown that changes nothing
  // takes both. For a file with both the kernel's request is the same (docs/posix-coverage.md).
  private static boolean isAmbiguous(Operation operation) {
    return operation instanceof FileOperation.SetXattr set
        && set.attribute().equals(ModelXattrs.CAPABILITY);
  }

  private static void compare(
      FileOperation operation, PlainFiles kernel, PlainFiles vfo, History history) {
    Outcome expected = Outcome.of(operation, kernel).timeless();
    Outcome actual = Outcome.of(operation, vfo).timeless();
    assertEquals(
        expected, actual, () -> operation + ": " + expected.differenceTo(actual) + "\n" + history);
  }

  /** Requires that a folder of the root is, at home, what the plain one is. */
  void requireAtHome(Path home, String name, String why) throws IOException {
    assertEquals(describe(plain.resolve(name)), describe(home.resolve(name)), why);
  }

  private List<String> describe(Path path) throws IOException {
    int fd = storage.openRoot(path);
    try (PlainFiles files = new PlainFiles(storage, fd)) {
      return TreeDescription.of(files, NONE);
    } finally {
      storage.close(fd);
    }
  }
}
