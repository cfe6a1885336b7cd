package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Symbolic links in home that lose their name before they are read. */
class SymlinkTargetTest {
  @TempDir Path folder;

  @Test
  void ofALinkThatWasReplaced() throws Exception {
    Files.createSymbolicLink(folder.resolve("link"), Path.of("somewhere"));
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      EntryOperations entries = files.entries();
      long number = entries.lookup(entries.root(), FileTree.name("link"));
      files.tree().writeAll("other", new byte[1]);
      files.tree().rename("other", "link");
      files.checkpoint(State.empty());
      files.awaitApplied();
      assertEquals("somewhere", new String(entries.readSymlink(number), UTF_8));
      entries.unpin(number, 1);
    }
  }
}
