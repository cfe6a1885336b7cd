package dev.vfo.testkit.model;

import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A whole tree as lines of text, to be compared: names, attributes but times of modification,
 * extended attributes, targets of links, checksums of contents.
 */
public final class TreeDescription {
  private static final int HANDLE = 10_000;

  private final TreeCalls files;
  private final Name hidden;
  private final List<String> lines = new ArrayList<>();

  private TreeDescription(TreeCalls files, Name hidden) {
    this.files = files;
    this.hidden = hidden;
  }

  /**
   * Describes all that is in a tree.
   *
   * @param hidden a name in its root that is left out
   */
  public static List<String> of(TreeCalls files, Name hidden) throws IOException {
    TreeDescription description = new TreeDescription(files, hidden);
    description.add(TreePath.ROOT);
    return description.lines;
  }

  private void add(TreePath path) throws IOException {
    FileAttributes is = files.stat(path).withModifyNanos(0);
    StringBuilder line = new StringBuilder(path + " " + is);
    for (String name : files.listXattrs(path)) {
      byte[] value = files.getXattr(path, name);
      line.append(' ').append(name).append('=').append(HexFormat.of().formatHex(value));
    }
    if (is.type() == FileType.SYMLINK) {
      line.append(" to ").append(HexFormat.of().formatHex(files.readSymlink(path)));
    } else if (is.type() == FileType.REGULAR) {
      files.open(HANDLE, path, new OpenFlags(OpenFlags.READ), 0);
      byte[] content = files.readAt(HANDLE, 0, (int) is.sizeBytes());
      files.close(HANDLE);
      CRC32C checksum = new CRC32C();
      checksum.update(content);
      line.append(" %d bytes, checksum %08x".formatted(content.length, checksum.getValue()));
    }
    lines.add(line.toString());
    if (is.type() == FileType.DIRECTORY) {
      for (ListedName listed : files.list(path)) {
        if (!path.isRoot() || !listed.name().equals(hidden)) {
          add(path.child(listed.name()));
        }
      }
    }
  }
}
