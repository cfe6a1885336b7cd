package dev.vfo.overlay;

import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.Expectation;
import org.jspecify.annotations.Nullable;

/**
 * What layers expect of home files: what was there when the first of them changed the entry, and
 * when that one is applied, what apply left there. The caller holds the entry's lock.
 */
final class Expectations {
  private Expectations() {}

  /**
   * What a layer expects of the home file of an entry when all older layers are applied; null when
   * nothing that it does depends on it, as it makes the file or changes names only.
   */
  static @Nullable Expectation of(EntryDelta delta) {
    if (delta.created || !touchesFile(delta)) {
      return null;
    }
    Expectation expected = delta.entry.expected;
    for (EntryDelta older : delta.entry.deltas()) {
      if (older == delta) {
        return expected;
      }
      expected = after(older, expected);
    }
    return expected;
  }

  /** Whether home is as a layer expects it only when an older layer has been applied. */
  static boolean isUnsettled(EntryDelta delta) {
    for (EntryDelta older : delta.entry.deltas()) {
      if (older == delta) {
        return false;
      }
      if (older.created || touchesFile(older)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a layer changes or removes the file itself, not only names of it. Of a directory only
   * its own attributes count: its time changes with every name.
   */
  static boolean touchesFile(EntryDelta delta) {
    if (delta.entry.isDirectory()) {
      return (delta.changed & (Attributes.MODE | Attributes.OWNER)) != 0;
    }
    return delta.settled() != 0 || delta.attributes.linkCount == 0;
  }

  /** What a home file is like when a layer has been applied to it. */
  static Expectation after(EntryDelta delta, @Nullable Expectation before) {
    EntryAttributes is = delta.attributes;
    Expectation written =
        delta.written == null
            ? new Expectation(is.sizeBytes, is.modifyNanos, is.mode, is.uid, is.gid)
            : delta.written;
    if (before == null || delta.created) {
      return written;
    }
    // What the layer did not set, another program may have: that is not to be taken for our doing.
    int set = delta.settled();
    boolean hasOwner = (set & Attributes.OWNER) != 0;
    return new Expectation(
        delta.isWritten() ? written.sizeBytes() : before.sizeBytes(),
        (set & Attributes.MODIFY_TIME) != 0 ? written.modifyNanos() : before.modifyNanos(),
        (set & Attributes.MODE) != 0 ? written.mode() : before.mode(),
        hasOwner ? written.uid() : before.uid(),
        hasOwner ? written.gid() : before.gid());
  }
}
