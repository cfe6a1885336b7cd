package dev.vfo.cli;

import dev.vfo.RootListener;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The list of roots that may have layers which are not applied: what {@code vfo recover --all} goes
 * through after a crash. A small file for each, named by the root's id and a hash of its path (a
 * copied root has the same id), with the path in it; durable when {@link #add} returns. A manager
 * that listens with it keeps its own root in it. Several processes may use it.
 */
public final class RootRegistry implements RootListener {
  private static final String SUFFIX = ".root";

  private final Path folder;

  /**
   * A root in the list.
   *
   * @param id the root's id, in hexadecimal
   * @param path where it was, absolute
   */
  public record Item(String id, Path path) {
    private String fileName() {
      return id + "-" + HexFormat.of().toHexDigits(path.toString().hashCode()) + SUFFIX;
    }
  }

  /** The list in a folder, which is made when it is needed. */
  public RootRegistry(Path folder) {
    this.folder = folder;
  }

  /** That of the user: {@code /var/lib/vfo} for root, else {@code $XDG_STATE_HOME/vfo}. */
  public static RootRegistry ofUser(Terminal terminal) {
    return new RootRegistry(folderOf(terminal).resolve("roots"));
  }

  static Path folderOf(Terminal terminal) {
    if (terminal.uid() == 0) {
      return Path.of("/var/lib/vfo");
    }
    @Nullable String state = terminal.variable("XDG_STATE_HOME");
    // As the XDG specification says: a relative path is to be ignored.
    if (state != null && Path.of(state).isAbsolute()) {
      return Path.of(state, "vfo");
    }
    @Nullable String home = terminal.variable("HOME");
    return Path.of(home != null ? home : System.getProperty("user.home"), ".local/state/vfo");
  }

  /** Where it lies. */
  public Path folder() {
    return folder;
  }

  @Override
  public void opened(String id, Path root) throws IOException {
    add(new Item(id, root));
  }

  @Override
  public void closedClean(String id, Path root) throws IOException {
    remove(new Item(id, root));
  }

  /** Adds a root; one that is there already is fine. */
  void add(Item item) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Path file = folder.resolve(item.fileName());
    byte[] content = (item.path() + "\n").getBytes(StandardCharsets.UTF_8);
    if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content)) {
      return;
    }
    Path next = Files.createTempFile(folder, "root", ".new");
    Files.write(next, content, StandardOpenOption.SYNC);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel directory = FileChannel.open(folder)) {
      directory.force(true);
    }
  }

  /** Takes a root off the list; one that is not there is fine. */
  void remove(Item item) throws IOException {
    Files.deleteIfExists(folder.resolve(item.fileName()));
  }

  /** Takes all roots in a folder off the list: for who has removed it. */
  public void removeBelow(Path gone) throws IOException {
    for (Item item : list()) {
      if (item.path().startsWith(gone)) {
        remove(item);
      }
    }
  }

  /** All roots, in the order of their paths. */
  public List<Item> list() throws IOException {
    List<Item> items = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return items;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(SUFFIX) && name.indexOf('-') > 0) {
          addIfThere(items, file, name.substring(0, name.indexOf('-')));
        }
      }
    }
    items.sort((a, b) -> a.path().compareTo(b.path()));
    return items;
  }

  private static void addIfThere(List<Item> items, Path file, String id) throws IOException {
    try {
      items.add(new Item(id, pathIn(file)));
    } catch (NoSuchFileException e) {
      // Another process has taken it off the list meanwhile.
      return;
    }
  }

  private static Path pathIn(Path file) throws IOException {
    String content = Files.readString(file);
    // Only the line end that was added goes: a path may end with any other space.
    return Path.of(content.endsWith("\n") ? content.substring(0, content.length() - 1) : content);
  }
}
