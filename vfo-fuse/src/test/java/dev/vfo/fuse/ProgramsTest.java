package dev.vfo.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ordinary programs in a mount. */
class ProgramsTest {
  @TempDir Path folder;

  @Test
  void whatAProgramWritesIsSeenAtOnceAndAtHomeWithTheCheckpoint() throws Exception {
    try (MountedRoot root = new MountedRoot(folder)) {
      Files.writeString(root.home.resolve("old"), "before\n");
      String output = root.run("cat old; echo new > made; echo more >> old; cat made old; ls -a");
      assertEquals("before\nnew\nbefore\nmore\n.\n..\nmade\nold\n", output);
      assertEquals("before\n", Files.readString(root.home.resolve("old")));
      root.checkpoint();
      assertEquals("before\nmore\n", Files.readString(root.home.resolve("old")));
      assertEquals("new\n", Files.readString(root.home.resolve("made")));
    }
  }
}
