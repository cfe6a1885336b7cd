package dev.vfo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher and the test script, started from another folder. */
class ScriptsTest {
  @TempDir Path elsewhere;

  @Test
  void theLauncherWorksThroughALinkFromAnyFolder() throws Exception {
    Path link = elsewhere.resolve("vfo");
    Files.createSymbolicLink(link, Script.top().resolve("vfo"));

    Script first = Script.run(elsewhere, link, "--help");
    assertEquals(0, first.exitCode(), first.errors());
    assertTrue(first.output().contains("status"), first.output());
    assertTrue(first.errors().lines().count() <= 1, first.errors());

    Script second = Script.run(elsewhere, link, "--help");
    assertEquals("", second.errors(), "it was built before");
    assertEquals(first.output(), second.output());
  }

  @Test
  void theLauncherPassesExitCodesOn() throws Exception {
    Script wrong = Script.run(elsewhere, Script.top().resolve("vfo"), "no-such-command");
    assertTrue(wrong.exitCode() != 0 && !wrong.errors().isEmpty(), wrong::toString);
    assertEquals("", wrong.output());
  }

  @Test
  void theLauncherBuildsOnceWhenStartedTwiceAtOnce() throws Exception {
    Path launcher = Script.top().resolve("vfo");
    List<Process> starts =
        List.of(
            new ProcessBuilder(launcher.toString(), "--help").start(),
            new ProcessBuilder(launcher.toString(), "--help").start());
    for (Process start : starts) {
      start.getInputStream().readAllBytes();
      assertEquals(0, start.waitFor());
    }
  }

  @Test
  void theTestScriptExplainsItself() throws Exception {
    Script help = Script.run(elsewhere, Script.top().resolve("test"), "--help");
    assertEquals(0, help.exitCode());
    assertTrue(help.output().startsWith("usage: ./test"), help.output());
    assertEquals("", help.errors());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--nope", "--only", "--only nothing", "--deep 0", "vfo-core"})
  void theTestScriptRefusesWhatItDoesNotKnow(String arguments) throws Exception {
    Script wrong = Script.run(elsewhere, Script.top().resolve("test"), arguments.split(" "));
    assertEquals(2, wrong.exitCode());
    assertEquals("", wrong.output());
    assertTrue(wrong.errors().contains("usage: ./test"), wrong.errors());
  }
}
