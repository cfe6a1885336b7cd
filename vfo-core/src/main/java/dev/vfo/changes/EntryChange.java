package dev.vfo.changes;

import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a layer does to one file entry.
 *
 * @param number the entry's number
 * @param identity its home file, or null when it has none yet that is known: it is made by this
 *     layer, or by an earlier one that was not applied when the change was taken (its plan knows it
 *     then)
 * @param created whether this layer makes it
 * @param before one place that it had when the layer began; null when it is created here, is the
 *     root, or is an orphan
 * @param fate what it is after the layer
 * @param attributes the attributes to set; for a created entry all of them; MODE and MODIFY_TIME
 *     with new content, MODE with a new owner and with extended attributes, as setting the one
 *     changes the other or needs rights that the mode gives. A directory with changed names should
 *     have MODIFY_TIME, and MODE where it does not let its owner in
 * @param data the new content, or null when it stays (or the entry is no regular file)
 * @param symlinkTarget target of a created symbolic link, else null
 * @param device number of a created device node, else 0
 * @param expected what its home file is like before the layer, if the layer changes or removes it;
 *     null when it is created, when only its names change, and when that cannot be known
 */
public record EntryChange(
    long number,
    FileType type,
    @Nullable FileIdentity identity,
    boolean created,
    @Nullable Location before,
    Fate fate,
    Attributes attributes,
    @Nullable Data data,
    byte @Nullable [] symlinkTarget,
    long device,
    @Nullable Expectation expected) {

  /** A change of an entry of which nothing is expected. */
  public EntryChange(
      long number,
      FileType type,
      @Nullable FileIdentity identity,
      boolean created,
      @Nullable Location before,
      Fate fate,
      Attributes attributes,
      @Nullable Data data,
      byte @Nullable [] symlinkTarget,
      long device) {
    this(
        number,
        type,
        identity,
        created,
        before,
        fate,
        attributes,
        data,
        symlinkTarget,
        device,
        null);
  }

  /** What becomes of an entry. */
  public enum Fate {
    /** It has a name after the layer. */
    ALIVE,
    /** It has none and is gone. */
    GONE,
    /** It has none but is still open: kept in the stage. */
    ORPHAN
  }

  /**
   * Attributes to set; only those whose bit in {@code mask} is set count.
   *
   * @param mask union of the constants of this record
   * @param mode permission bits
   * @param accessNanos nanoseconds since 1970
   * @param modifyNanos likewise
   * @param xattrs the extended attributes to set and to remove, each once, by ascending name; none
   *     unless the mask says so
   */
  public record Attributes(
      int mask,
      int mode,
      int uid,
      int gid,
      long accessNanos,
      long modifyNanos,
      List<XattrChange> xattrs) {
    /** Set the permission bits. */
    public static final int MODE = 1;

    /** Set owner and group. */
    public static final int OWNER = 2;

    /** Set the time of last access. */
    public static final int ACCESS_TIME = 4;

    /** Set the time of last modification. */
    public static final int MODIFY_TIME = 8;

    /** Set and remove extended attributes. */
    public static final int XATTRS = 16;

    /** All that every file has. */
    public static final int ALL = MODE | OWNER | ACCESS_TIME | MODIFY_TIME;

    /** Nothing to set. */
    public static final Attributes UNCHANGED = new Attributes(0, 0, 0, 0, 0, 0);

    /** Copies the list. */
    public Attributes {
      xattrs = List.copyOf(xattrs);
    }

    /** Without extended attributes. */
    public Attributes(int mask, int mode, int uid, int gid, long accessNanos, long modifyNanos) {
      this(mask, mode, uid, gid, accessNanos, modifyNanos, List.of());
    }

    /** Whether all bits of {@code bits} are set in the mask. */
    public boolean has(int bits) {
      return (mask & bits) == bits;
    }
  }

  /**
   * New content of a regular file.
   *
   * @param cutBytes the smallest size that the file had since the layer began: behind it nothing of
   *     the old content is left
   * @param sizeBytes its size after the layer
   * @param extents by ascending offset, without overlap, all below the size; bytes behind the cut
   *     that no extent covers are zero
   */
  public record Data(long cutBytes, long sizeBytes, List<Extent> extents) {
    /** Copies the list. */
    public Data {
      extents = List.copyOf(extents);
    }
  }

  /** Whether the layer only refers to the entry, and changes nothing of it. */
  public boolean isReference() {
    return !created && fate == Fate.ALIVE && data == null && attributes.mask() == 0;
  }

  /**
   * Whether the layer leaves the entry itself as it is: the same, or of a directory it sets no more
   * than the time, as it changes names in it.
   */
  public boolean isLeftAsItIs() {
    boolean isTouched =
        type == FileType.DIRECTORY
            && (attributes.mask() & ~(Attributes.MODIFY_TIME | Attributes.ACCESS_TIME)) == 0;
    return isReference() || (isTouched && !created && fate == Fate.ALIVE);
  }
}
