package dev.vfo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the root that a command is about. Stateless. */
final class RootFinder {
  /** The control folder in each root. */
  static final String CONTROL = ".vfo";

  private RootFinder() {}

  /**
   * The root that the user means.
   *
   * @param folder the current folder
   * @param wanted what stands on the command line, null for nothing: then the root that the current
   *     folder lies in
   */
  static Path find(Path folder, @Nullable String wanted) throws IOException {
    if (wanted == null) {
      return enclosing(folder)
          .orElseThrow(
              () -> new UsageException("no root in " + folder + " or above: name one as DIR"));
    }
    Path directory = folder.resolve(wanted);
    if (!Files.exists(directory)) {
      throw new NoSuchFileException(wanted);
    }
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(wanted + ": not a directory");
    }
    if (!isRoot(directory)) {
      String hint =
          enclosing(directory.toRealPath())
              .map(root -> "; the root around it is " + root)
              .orElse("");
      throw new UsageException(wanted + " is no root, it has no .vfo folder" + hint);
    }
    return directory.normalize();
  }

  /** The root that a folder, given absolutely, is or lies in. */
  static Optional<Path> enclosing(Path folder) {
    for (Path at = folder; at != null; at = at.getParent()) {
      if (isRoot(at) && !at.endsWith(CONTROL)) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }

  static boolean isRoot(Path directory) {
    return Files.isDirectory(directory.resolve(CONTROL));
  }
}
