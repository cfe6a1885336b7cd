package dev.vfo.testkit;

import dev.vfo.storage.FileType;
import org.jspecify.annotations.Nullable;

/**
 * A file of any type. It is in the table as long as a name, a descriptor or the state after some
 * crash could lead to it.
 */
final class Inode {
  /** Tells it from every other file, past and present. */
  final long serial;

  /** The number that programs see; given again when the file is gone. */
  final long number;

  final FileType type;

  /** Number of a device node, else 0. */
  final long device;

  /** Target of a symbolic link, else null. */
  final byte @Nullable [] target;

  /** Content of a regular file, else null. */
  final @Nullable FileContent content;

  /** Names of a directory, else null. */
  final @Nullable Directory directory;

  Attributes attributes;
  Attributes durableAttributes;

  /** Names that programs see. */
  int links;

  /** Names that are durable. */
  int durableLinks;

  /** Places in pending name operations that speak of it. */
  int pendingNames;

  /** Open descriptors. */
  int opens;

  /** Blocks for a directory's entries or for a long target. */
  int extraBlocks;

  /** Whether there is one more for extended attributes. */
  boolean hasXattrBlock;

  /** The name operation that made it, or 0. */
  long createdBy;

  /** Serial of the file that had its number before and that a crash may bring back, or 0. */
  long former;

  /** How often the kernel failed to write its dirty pages (C8). */
  long writeErrors;

  /**
   * Whether no name and no descriptor leads to it, though a crash could still bring it back. Its
   * blocks are free then.
   */
  boolean isReleased;

  /** Whether its number is not free although it is released. */
  boolean keepsNumber;

  Inode(
      long serial,
      long number,
      FileType type,
      long device,
      byte @Nullable [] target,
      @Nullable FileContent content,
      @Nullable Directory directory,
      Attributes attributes,
      Attributes durableAttributes) {
    this.serial = serial;
    this.number = number;
    this.type = type;
    this.device = device;
    this.target = target;
    this.content = content;
    this.directory = directory;
    this.attributes = attributes;
    this.durableAttributes = durableAttributes;
  }

  /** The same file with other state; counts are zero. */
  Inode with(
      @Nullable FileContent newContent,
      @Nullable Directory newDirectory,
      Attributes current,
      Attributes durable) {
    return new Inode(
        serial, number, type, device, target, newContent, newDirectory, current, durable);
  }

  Inode copy() {
    Inode copy =
        with(
            content == null ? null : content.copy(),
            directory == null ? null : directory.copy(),
            attributes,
            durableAttributes);
    copy.links = links;
    copy.durableLinks = durableLinks;
    copy.pendingNames = pendingNames;
    copy.opens = opens;
    copy.extraBlocks = extraBlocks;
    copy.hasXattrBlock = hasXattrBlock;
    copy.createdBy = createdBy;
    copy.former = former;
    copy.writeErrors = writeErrors;
    copy.isReleased = isReleased;
    copy.keepsNumber = keepsNumber;
    return copy;
  }

  boolean isDirectory() {
    return directory != null;
  }

  /** Its names; only for directories. */
  Directory entries() {
    if (directory == null) {
      throw new IllegalStateException("not a directory: inode " + number);
    }
    return directory;
  }

  /** Its content; only for regular files. */
  FileContent file() {
    if (content == null) {
      throw new IllegalStateException("not a regular file: inode " + number);
    }
    return content;
  }

  long blocks() {
    return extraBlocks + (hasXattrBlock ? 1 : 0) + (content == null ? 0 : content.blocks());
  }

  long lingering() {
    return content == null ? 0 : content.lingering();
  }

  /** The generation number that programs see: no two files ever have the same. */
  long generation() {
    return Chance.mix(serial);
  }

  /** What stat(2) gives as the number of links. */
  int shownLinks() {
    return directory == null || links == 0 ? links : 2 + directory.subdirectories;
  }

  long shownSize() {
    if (content != null) {
      return content.size();
    }
    if (target != null) {
      return target.length;
    }
    return directory == null ? 0 : (long) extraBlocks * Page.BYTES;
  }
}
