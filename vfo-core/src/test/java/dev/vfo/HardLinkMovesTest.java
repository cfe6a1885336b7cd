package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file with two names that both move, one of them around a circle: apply comes to an end. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HardLinkMovesTest {
  @TempDir Path root;

  @ParameterizedTest
  @CsvSource({"one, two, 0 first", "one, two, ~ last", "two, one, 0 first", "two, one, ~ last"})
  void oneNameMovesAwayAndOneIsExchanged(String moved, String exchanged, String target)
      throws IOException {
    Files.writeString(root.resolve("one"), "twice");
    Files.createLink(root.resolve("two"), root.resolve("one"));
    Files.writeString(root.resolve("other"), "once");
    try (VirtualFileManager files = VirtualFileManager.open(root, Options.defaults())) {
      files.tree().stat(exchanged);
      files.tree().rename(moved, target);
      EntryOperations entries = files.entries();
      entries.rename(
          entries.root(),
          Name.of(exchanged),
          entries.root(),
          Name.of("other"),
          RenameMode.EXCHANGE);
      files.checkpoint(State.empty());
    }
    assertEquals("twice", Files.readString(root.resolve(target)));
    assertEquals("twice", Files.readString(root.resolve("other")));
    assertEquals("once", Files.readString(root.resolve(exchanged)));
    assertEquals(2, Files.getAttribute(root.resolve("other"), "unix:nlink"));
  }
}
