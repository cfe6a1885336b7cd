package dev.vfo.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command that starts another main class of this program, with the JVM and the modules or
 * classes that this one runs on.
 */
public final class JavaCommand {
  private static final String STORAGE_MODULE = "dev.vfo.storage";

  private JavaCommand() {}

  /** The command, to which the arguments are to be added. */
  public static List<String> forMain(Class<?> main) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(archiveOptions());
    // A worker lives for a second or two: too short to win back what the second compiler costs.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    // Not a word of the JVM's own on the output, which is for reports.
    command.addAll(List.of("-Xlog:disable", "-Xlog:all=error:stderr"));
    @Nullable String modules = System.getProperty("jdk.module.path");
    if (modules != null && main.getModule().isNamed()) {
      command.addAll(List.of("-p", modules, "--enable-native-access=" + STORAGE_MODULE));
      command.addAll(List.of("-m", main.getModule().getName() + "/" + main.getName()));
    } else {
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.addAll(List.of("--enable-native-access=ALL-UNNAMED", main.getName()));
    }
    return command;
  }

  /** Options of this JVM that make it start faster: an archive of loaded classes. */
  private static List<String> archiveOptions() throws IOException {
    byte[] commandLine = Files.readAllBytes(Path.of("/proc/self/cmdline"));
    List<String> options = new ArrayList<>();
    for (String word : new String(commandLine, StandardCharsets.UTF_8).split("\0", -1)) {
      if (word.startsWith("-XX:AOTCache=") || word.startsWith("-XX:SharedArchiveFile=")) {
        options.add(word);
      }
    }
    return options;
  }
}
