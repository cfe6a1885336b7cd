package dev.vfo.testkit;

import dev.vfo.storage.FileType;
import dev.vfo.testkit.model.TreePath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One file in a {@link TreeImage}: all that a checkpoint must keep. Immutable.
 *
 * @param mode permission bits
 * @param linkCount number of names, also of those outside the tree; 0 for a directory
 * @param modifyNanos nanoseconds since 1970, or {@link #NO_TIME}
 * @param content of a regular file, else null
 * @param symlinkTarget of a symbolic link, as {@link TreeImage#text} gives it, else ""
 * @param device number of a device node, else 0
 * @param xattrs values in hexadecimal by name
 * @param firstName the first of the names that the file has in the tree: the same for all of them
 */
public record FileImage(
    FileType type,
    int mode,
    int uid,
    int gid,
    int linkCount,
    long modifyNanos,
    @Nullable ContentImage content,
    String symlinkTarget,
    long device,
    SortedMap<String, String> xattrs,
    TreePath firstName) {
  /** Stands for a time that does not count. */
  public static final long NO_TIME = Long.MIN_VALUE;

  /** Copies the map. */
  public FileImage {
    xattrs = Collections.unmodifiableSortedMap(new TreeMap<>(xattrs));
  }

  /** The same without its time. */
  public FileImage withoutTime() {
    return new FileImage(
        type,
        mode,
        uid,
        gid,
        linkCount,
        NO_TIME,
        content,
        symlinkTarget,
        device,
        xattrs,
        firstName);
  }

  /** What differs between two files, each as text; empty when they are equal. */
  public List<String> differences(FileImage other) {
    List<String> found = new ArrayList<>();
    compare(found, "type", other, FileImage::type);
    compare(found, "mode", other, image -> "0" + Integer.toOctalString(image.mode));
    compare(found, "owner", other, image -> image.uid + ":" + image.gid);
    compare(found, "links", other, FileImage::linkCount);
    compare(found, "modified", other, FileImage::modifyNanos);
    compare(found, "target", other, FileImage::symlinkTarget);
    compare(found, "device", other, FileImage::device);
    compare(found, "xattrs", other, FileImage::xattrs);
    compare(found, "is also", other, FileImage::firstName);
    if (content != null && other.content != null && !content.equals(other.content)) {
      found.add(content.difference(other.content));
    }
    return found;
  }

  private void compare(
      List<String> found, String what, FileImage other, Function<FileImage, Object> part) {
    Object mine = part.apply(this);
    Object theirs = part.apply(other);
    if (!Objects.equals(mine, theirs)) {
      found.add(what + " " + mine + " / " + theirs);
    }
  }
}
