package dev.vfo.testkit;

import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.model.TreePath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A tree of files at one instant, to be compared with another: for each path what {@link FileImage}
 * has. Immutable.
 *
 * <p>Left out are times of access and change, disk blocks and inode numbers.
 */
public final class TreeImage {
  private final SortedMap<TreePath, FileImage> files;

  private TreeImage(SortedMap<TreePath, FileImage> files) {
    this.files = Collections.unmodifiableSortedMap(files);
  }

  /**
   * The image with these files, which are copied; with the root directory as {@link TreePath#ROOT}.
   */
  public static TreeImage of(Map<TreePath, FileImage> files) {
    return new TreeImage(new TreeMap<>(files));
  }

  /**
   * The tree below an open directory, itself included. Only reads, but that may move times of
   * access.
   *
   * @param root descriptor of the directory
   * @param excluded names in that directory that are left out, with all below them
   */
  public static TreeImage read(Storage storage, int root, Name... excluded)
      throws StorageException {
    return new TreeImage(new TreeReader(storage, List.of(excluded)).read(root));
  }

  /** All files by path, the root included. */
  public SortedMap<TreePath, FileImage> files() {
    return files;
  }

  /** The same without any time of modification. */
  public TreeImage withoutTimes() {
    TreeMap<TreePath, FileImage> copy = new TreeMap<>();
    files.forEach((path, file) -> copy.put(path, file.withoutTime()));
    return new TreeImage(copy);
  }

  /** The same without times of modification of directories. */
  public TreeImage withoutDirectoryTimes() {
    TreeMap<TreePath, FileImage> copy = new TreeMap<>();
    files.forEach((path, file) ->
        copy.put(path, file.type() == FileType.DIRECTORY ? file.withoutTime() : file));
    return new TreeImage(copy);
  }

  /**
   * The same without the root directory itself, whose time moves when something that is left out
   * comes or goes.
   */
  public TreeImage withoutRoot() {
    TreeMap<TreePath, FileImage> copy = new TreeMap<>(files);
    copy.remove(TreePath.ROOT);
    return new TreeImage(copy);
  }

  /** What differs, a line for each path, this one's side first; empty when the trees are equal. */
  public List<String> differences(TreeImage other) {
    List<String> found = new ArrayList<>();
    TreeSet<TreePath> paths = new TreeSet<>(files.keySet());
    paths.addAll(other.files.keySet());
    for (TreePath path : paths) {
      FileImage mine = files.get(path);
      FileImage theirs = other.files.get(path);
      if (mine == null) {
        found.add(path + ": only in the second: " + theirs);
      } else if (theirs == null) {
        found.add(path + ": only in the first: " + mine);
      } else if (!mine.equals(theirs)) {
        found.add(path + ": " + String.join("; ", mine.differences(theirs)));
      }
    }
    return found;
  }

  /** Bytes as text: plain ASCII as it is, others and the backslash as \xNN. */
  public static String text(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      if (b >= ' ' && b < 127 && b != '\\') {
        text.append((char) b);
      } else {
        text.append("\\x").append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return text.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TreeImage image && files.equals(image.files);
  }

  @Override
  public int hashCode() {
    return files.hashCode();
  }

  /** A line for each file. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    files.forEach((path, file) -> text.append(path).append(": ").append(file).append('\n'));
    return text.toString();
  }
}
