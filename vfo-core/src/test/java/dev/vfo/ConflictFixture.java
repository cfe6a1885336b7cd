package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.SimulatedCrash;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.history.HistoryClock;
import dev.vfo.testkit.model.OpenFlags;
import dev.vfo.testkit.model.PlainFiles;
import dev.vfo.testkit.model.TreePath;
import java.io.IOException;
import java.nio.file.Path;

/** A root on the simulated disk, and another program that works in it beside VFO. */
abstract class ConflictFixture {
  static final Path ROOT = Path.of("/data/root");

  /** An opening that applies something makes more. */
  private static final int LEAST_CALLS = 50;

  final HistoryClock clock = new HistoryClock();

  /** What another program does. */
  interface Work {
    void on(PlainFiles files) throws IOException;
  }

  /** Does it, durably. */
  static void with(SimulatedStorage disk, Work work) throws IOException {
    int root = disk.openRoot(ROOT);
    try (PlainFiles files = new PlainFiles(disk, root)) {
      work.on(files);
      disk.syncFileSystem(root);
    } finally {
      disk.close(root);
    }
  }

  static void write(PlainFiles files, String path, String text) throws IOException {
    int flags = OpenFlags.WRITE | OpenFlags.CREATE | OpenFlags.TRUNCATE;
    files.open(1, TreePath.of(path), new OpenFlags(flags), 0640);
    files.writeAt(1, 0, text.getBytes(UTF_8));
    files.close(1);
  }

  static String read(PlainFiles files, String path) throws IOException {
    files.open(1, TreePath.of(path), new OpenFlags(OpenFlags.READ), 0);
    try {
      return new String(files.readAt(1, 0, 100), UTF_8);
    } finally {
      files.close(1);
    }
  }

  static void assertMissing(PlainFiles files, String path) {
    StorageException e =
        assertThrows(StorageException.class, () -> files.stat(TreePath.of(path)), path);
    assertEquals(Errno.ENOENT, e.errno(), path);
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** A root with files, which have "old content". */
  static SimulatedStorage diskWith(String... names) throws IOException {
    SimulatedStorage disk = new SimulatedStorage();
    disk.makeDirectory(ROOT);
    with(
        disk,
        files -> {
          for (String name : names) {
            write(files, "/" + name, "old content");
          }
        });
    return disk;
  }

  final Options options(SimulatedStorage on, ConflictPolicy policy) {
    return EngineSubject.options(on, clock).withConflictPolicy(policy);
  }

  final VirtualFileManager open(SimulatedStorage on, ConflictPolicy policy) throws IOException {
    return VirtualFileManager.open(ROOT, options(on, policy));
  }

  /** Looks at what crashes have left. */
  interface Look {
    void at(SimulatedStorage disk) throws IOException;
  }

  /**
   * Opens the root with a crash at each call, by power loss or without, and again in the next
   * openings, until there is no call left.
   *
   * @param crashes how many in a row, at the most
   */
  final void crashEverywhere(SimulatedStorage disk, int crashes, ConflictPolicy policy, Look look)
      throws IOException {
    boolean crashed = true;
    int call = 1;
    for (; crashed; call++) {
      SimulatedStorage on = disk.fork();
      crashed = false;
      for (int i = 0; i < crashes; i++) {
        on.faults().add(Fault.crash().atCall((long) call * (i + 1)));
        try {
          open(on, policy).close();
          break;
        } catch (SimulatedCrash e) {
          crashed = true;
          on = call % 2 == 0 ? on.killProcess() : on.crash(call);
        }
      }
      look.at(on.killProcess());
    }
    assertTrue(call > LEAST_CALLS, "calls " + call);
  }
}
