package dev.vfo.testkit.model;

import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A file of a {@link FileModel}: what an inode is to a kernel. Two names are hard links when they
 * stand for one object of it.
 */
public final class ModelFile {
  /** A time that nobody knows: equal to any other when attributes are compared. */
  public static final long UNKNOWN_TIME = Long.MIN_VALUE;

  private static final byte[] EMPTY = {};

  final FileType type;
  int mode;
  int uid;
  int gid;
  int links;
  long device;

  /** Made without a name, and never given one. */
  boolean unnamed;

  long modifyNanos;

  /**
   * Content or symbolic link's target. Never changed in place, so that copies of the model may
   * share it.
   */
  byte[] content = EMPTY;

  /** Extended attributes; values are never changed in place. */
  final NavigableMap<String, byte[]> xattrs = new TreeMap<>();

  final NavigableMap<Name, ModelFile> children = new TreeMap<>();

  ModelFile(FileType type, int mode, int uid, int gid, long modifyNanos) {
    this.type = type;
    this.mode = mode;
    this.uid = uid;
    this.gid = gid;
    this.modifyNanos = modifyNanos;
  }

  /** A copy of this file and all below it; a file that {@code done} has was copied before. */
  ModelFile copy(IdentityHashMap<ModelFile, ModelFile> done) {
    ModelFile known = done.get(this);
    if (known != null) {
      return known;
    }
    ModelFile copy = new ModelFile(type, mode, uid, gid, modifyNanos);
    done.put(this, copy);
    copy.links = links;
    copy.device = device;
    copy.unnamed = unnamed;
    copy.content = content;
    copy.xattrs.putAll(xattrs);
    for (Map.Entry<Name, ModelFile> child : children.entrySet()) {
      copy.children.put(child.getKey(), child.getValue().copy(done));
    }
    return copy;
  }

  /**
   * Whether all below is the same, links included; {@code pairs} has the files of this tree with
   * their likes.
   */
  boolean isLike(ModelFile other, IdentityHashMap<ModelFile, ModelFile> pairs) {
    ModelFile known = pairs.putIfAbsent(this, other);
    if (known != null) {
      return known == other;
    }
    if (!attributes().equals(other.attributes())
        || !Arrays.equals(content, other.content)
        || !hasXattrsOf(other)
        || !children.keySet().equals(other.children.keySet())) {
      return false;
    }
    for (Map.Entry<Name, ModelFile> child : children.entrySet()) {
      ModelFile like = other.children.get(child.getKey());
      if (like == null || !child.getValue().isLike(like, pairs)) {
        return false;
      }
    }
    return true;
  }

  private boolean hasXattrsOf(ModelFile other) {
    return xattrs.keySet().equals(other.xattrs.keySet())
        && xattrs.entrySet().stream()
            .allMatch(each -> Arrays.equals(each.getValue(), other.xattrs.get(each.getKey())));
  }

  /** What kind of file it is. */
  public FileType type() {
    return type;
  }

  /** Whether it is a directory. */
  public boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }

  /** Whether it is a FIFO, a socket or a device node. */
  public boolean isSpecial() {
    return isSpecial(type);
  }

  static boolean isSpecial(FileType type) {
    return switch (type) {
      case REGULAR, DIRECTORY, SYMLINK -> false;
      case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> true;
    };
  }

  /**
   * The content of a regular file, the target of a symbolic link; not a copy, not to be changed.
   */
  public byte[] content() {
    return content;
  }

  /** Makes the time of modification unknown. */
  public void forgetModification() {
    modifyNanos = UNKNOWN_TIME;
  }

  /** The extended attributes; neither names nor values are to be changed. */
  public NavigableMap<String, byte[]> xattrs() {
    return Collections.unmodifiableNavigableMap(xattrs);
  }

  /**
   * Sets an extended attribute, without a call of a program.
   *
   * @param value not copied, not to be changed
   */
  public void setXattr(String name, byte[] value) {
    xattrs.put(name, value);
  }

  /** The entries of a directory. */
  public NavigableMap<Name, ModelFile> children() {
    return Collections.unmodifiableNavigableMap(children);
  }

  /** The attributes; the time of modification may be {@link #UNKNOWN_TIME}. */
  public FileAttributes attributes() {
    return new FileAttributes(
        type, mode, isDirectory() ? 1 : links, uid, gid, device, content.length, modifyNanos);
  }
}
