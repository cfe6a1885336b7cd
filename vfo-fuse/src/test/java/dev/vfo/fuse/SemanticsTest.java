package dev.vfo.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.Options;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs that print what the system answers: in a mount they print what they print elsewhere. */
class SemanticsTest {
  @TempDir static Path folder;

  private static final List<MountedRoot> MOUNTED = new ArrayList<>();

  @BeforeAll
  static void mount() throws IOException {
    // What it does as another user must get there.
    for (Path path = folder; path.startsWith("/tmp/"); path = path.getParent()) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    for (boolean writeback : new boolean[] {true, false}) {
      Path place = Files.createDirectory(folder.resolve("writeback-" + writeback));
      Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
      MOUNTED.add(
          new MountedRoot(
              place, Options.defaults(), MountOptions.defaults().withWriteback(writeback)));
    }
  }

  @AfterAll
  static void unmount() throws IOException {
    for (MountedRoot mounted : MOUNTED) {
      mounted.close();
    }
  }

  private static Path script() {
    try {
      return Path.of(SemanticsTest.class.getResource("semantics.py").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> programs() throws Exception {
    List<String> programs =
        MountedRoot.run(Path.of("/"), "python3 '" + script() + "' --list").lines().toList();
    assertTrue(programs.size() > 20, programs::toString);
    return programs;
  }

  @ParameterizedTest
  @MethodSource("programs")
  void printsTheSame(String program) throws Exception {
    Path plain = inNew(folder.resolve("plain"), program);
    String run = "python3 '" + script() + "' " + program;
    String expected = MountedRoot.run(plain, run);
    assertEquals(expected, MountedRoot.run(inNew(MOUNTED.get(0).mount, program), run));
    assertEquals(
        expected, MountedRoot.run(inNew(MOUNTED.get(1).mount, program), run), "write-through");
  }

  private static Path inNew(Path folder, String program) throws IOException {
    Path made = Files.createDirectories(folder.resolve(program));
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
    return made;
  }
}
