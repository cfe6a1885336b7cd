package dev.vfo.overlay;

import dev.vfo.EntryStat;
import dev.vfo.storage.FileStat;

/** The attributes of a file entry as of one layer, or as of home. Guarded by the entry's lock. */
public final class EntryAttributes {
  private static final int PERMISSIONS = 0777;

  int mode;
  int uid;
  int gid;
  int linkCount;
  long sizeBytes;
  long accessNanos;
  long modifyNanos;
  long changeNanos;

  private EntryAttributes() {}

  /** Those of a new file with one name. */
  static EntryAttributes created(int mode, int uid, int gid, long nowNanos) {
    EntryAttributes made = new EntryAttributes();
    made.mode = mode;
    made.uid = uid;
    made.gid = gid;
    made.linkCount = 1;
    made.accessNanos = nowNanos;
    made.modifyNanos = nowNanos;
    made.changeNanos = nowNanos;
    return made;
  }

  static EntryAttributes of(FileStat stat) {
    EntryAttributes home = new EntryAttributes();
    home.mode = stat.mode();
    home.uid = stat.uid();
    home.gid = stat.gid();
    home.linkCount = stat.linkCount();
    home.sizeBytes = stat.sizeBytes();
    home.accessNanos = stat.accessNanos();
    home.modifyNanos = stat.modifyNanos();
    home.changeNanos = stat.changeNanos();
    return home;
  }

  /** These, as a program sees them, of an entry. */
  EntryStat stat(FileEntry entry) {
    return new EntryStat(
        entry.number(),
        entry.type(),
        mode,
        linkCount,
        uid,
        gid,
        entry.device(),
        sizeBytes,
        accessNanos,
        modifyNanos,
        changeNanos);
  }

  /** Whether owner, group and permissions are the same. */
  boolean hasRightsOf(EntryAttributes other) {
    return uid == other.uid && gid == other.gid && ((mode ^ other.mode) & PERMISSIONS) == 0;
  }

  EntryAttributes copy() {
    EntryAttributes copy = new EntryAttributes();
    copy.set(this);
    return copy;
  }

  /** Takes all of others over. */
  void set(EntryAttributes other) {
    mode = other.mode;
    uid = other.uid;
    gid = other.gid;
    linkCount = other.linkCount;
    sizeBytes = other.sizeBytes;
    accessNanos = other.accessNanos;
    modifyNanos = other.modifyNanos;
    changeNanos = other.changeNanos;
  }
}
