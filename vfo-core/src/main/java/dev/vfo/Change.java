package dev.vfo;

import dev.vfo.storage.FileType;
import java.util.Optional;
import java.util.Set;

/**
 * One difference between a root and a step over it.
 *
 * @param kind what happened to the name
 * @param path the name, relative to the root: in the step, or for {@link Kind#REMOVED} in the root.
 *     Bytes that are no UTF-8, and control characters, are escaped; empty for the root itself
 * @param from the name that it had in the root, for {@link Kind#RENAMED}
 * @param type what it is; of something that was replaced, what it is now
 * @param aspects what of the file itself is different; empty for what was added or removed
 * @param before its attributes in the root, but for {@link Kind#ADDED}
 * @param after its attributes in the step, but for {@link Kind#REMOVED}
 */
public record Change(
    Kind kind,
    String path,
    Optional<String> from,
    FileType type,
    Set<Aspect> aspects,
    Optional<EntryStat> before,
    Optional<EntryStat> after) {

  /** What can happen to a name. */
  public enum Kind {
    /** Nothing had it before. */
    ADDED,
    /** Nothing has it any more. */
    REMOVED,
    /** The file had another one before; it may be changed, too. */
    RENAMED,
    /** The file, or another one in its place, is different. */
    MODIFIED
  }

  /** What can be different of a file. */
  public enum Aspect {
    /** The bytes, or which file it is. */
    CONTENT,
    /** The permission bits. */
    MODE,
    /** Owner or group. */
    OWNER,
    /** Extended attributes, access control lists among them. */
    XATTRS,
    /** The time of last modification, with the content as it was. */
    TIME
  }

  /** Copies the set. */
  public Change {
    aspects = Set.copyOf(aspects);
  }
}
