package dev.vfo.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run of a script of this project as a user starts it, and what came of it. */
record Script(int exitCode, String output, String errors) {
  private static final long LIMIT_SECONDS = 300;

  /** The top folder of the project, which surefire starts tests one level below. */
  static Path top() {
    return Path.of("").toAbsolutePath().getParent();
  }

  static Script run(Path folder, Path script, String... arguments)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("script", ".out");
    Path errors = Files.createTempFile("script", ".err");
    try {
      List<String> command = new ArrayList<>();
      command.add(script.toString());
      command.addAll(List.of(arguments));
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " did not end in " + LIMIT_SECONDS + " s");
      }
      return new Script(
          process.exitValue(),
          Files.readString(output, StandardCharsets.UTF_8),
          Files.readString(errors, StandardCharsets.UTF_8));
    } finally {
      Files.delete(output);
      Files.delete(errors);
    }
  }
}
