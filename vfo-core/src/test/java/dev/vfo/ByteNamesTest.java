package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names are bytes, whatever the locale of the process says of characters. */
class ByteNamesTest {
  private static final byte[] LATIN = {(byte) 0xe4, (byte) 0xff};
  private static final byte[] BROKEN = {'a', (byte) 0xc3, '\n', (byte) 0x80};
  private static final String TEXT = "\u00e4\u4e2d";

  @TempDir Path root;

  /** The process: ROOT. */
  public static void main(String[] arguments) throws IOException {
    try (VirtualFileManager files =
        VirtualFileManager.open(Path.of(arguments[0]), Options.defaults())) {
      EntryOperations entries = files.entries();
      NewEntry owner = entries.defaultOwner(0755);
      long directory = entries.createDirectory(entries.root(), Name.of(LATIN), owner);
      entries.createFile(directory, Name.of(TEXT), owner);
      entries.createSymlink(entries.root(), Name.of(BROKEN), LATIN, owner);
      files.tree().writeAll(TEXT, new byte[] {1});
      files.checkpoint(State.empty());
      files.awaitApplied();
      // Once more, through home now.
      entries.rename(directory, Name.of(TEXT), directory, Name.of(BROKEN), RenameMode.REPLACE);
      files.tree().link(TEXT, TEXT + TEXT);
      files.checkpoint(State.empty());
    }
  }

  private static void runIn(String locale, Path root) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(Jvm.command(ByteNamesTest.class, root));
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    environment.put("LANG", locale);
    environment.put("LC_ALL", locale);
    assertEquals(0, builder.inheritIO().start().waitFor());
  }

  private static Set<Name> names(LinuxStorage storage, int directory) throws IOException {
    Set<Name> names = new TreeSet<>();
    storage.list(
        directory,
        (name, inode, type) -> {
          if (type != FileType.DIRECTORY || !name.equals(Name.of(".vfo"))) {
            names.add(name);
          }
          return true;
        });
    return names;
  }

  @Test
  void underTheLocaleC() throws Exception {
    runIn("C", root);
    LinuxStorage storage = new LinuxStorage();
    int top = storage.openRoot(root);
    try {
      assertEquals(
          Set.of(Name.of(LATIN), Name.of(BROKEN), Name.of(TEXT), Name.of(TEXT + TEXT)),
          names(storage, top));
      assertEquals(
          List.of(LATIN[0], LATIN[1]),
          List.of(
              storage.readSymlink(top, Name.of(BROKEN))[0],
              storage.readSymlink(top, Name.of(BROKEN))[1]));
      int inner = storage.open(top, Name.of(LATIN), OpenFlag.READ, 0);
      try {
        assertEquals(Set.of(Name.of(BROKEN)), names(storage, inner));
      } finally {
        storage.close(inner);
      }
    } finally {
      storage.close(top);
    }
  }
}
