package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real process writes to the root all the time, while checkpoints are made and applied in the
 * background: what it does to files of its own, in the directories of the step, never disturbs.
 */
@Timeout(120)
class BusyForeignWriterTest {
  private static final int CHECKPOINTS = 300;

  private static final String SCRIPT =
      """
      i=0
      while [ -e go ]; do
        i=$((i+1))
        echo "theirs $i" >> "own $((i % 7))"
        echo "$i" > "own/new"
        mv "own/new" "own/$((i % 5))"
        rm -f "own $(((i + 3) % 7))"
      done
      """;

  @TempDir Path folder;

  private static Process start(Path root) throws IOException {
    Files.createDirectories(root.resolve("own"));
    Files.writeString(root.resolve("go"), "");
    return new ProcessBuilder("sh", "-c", SCRIPT)
        .directory(root.toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void append(FileTree tree, String path, String text) throws IOException {
    try (VirtualFile file =
        tree.open(
            path, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      file.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }
  }

  private static void stop(Process process, Path root) throws Exception {
    Files.deleteIfExists(root.resolve("go"));
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
  }

  @Test
  void filesOfItsOwnDisturbNothing() throws Exception {
    Path root = folder;
    Process process = start(root);
    Random random = new Random(1);
    try (VirtualFileManager files = VirtualFileManager.open(root, Options.defaults())) {
      FileTree tree = files.tree();
      for (int i = 1; i <= CHECKPOINTS; i++) {
        append(tree, "log", "ours " + i + "\n");
        tree.writeAll("own/ours " + random.nextInt(20), ("ours " + i).getBytes(UTF_8));
        tree.writeAll("step " + random.nextInt(20), ("ours " + i).getBytes(UTF_8));
        assertEquals(i, files.checkpoint(new byte[0]).number());
      }
      files.awaitApplied();
    } finally {
      stop(process, root);
    }
    List<String> expected =
        IntStream.rangeClosed(1, CHECKPOINTS).mapToObj(i -> "ours " + i).toList();
    assertEquals(expected, Files.readAllLines(root.resolve("log")));
  }
}
