package dev.vfo.overlay;

import dev.vfo.EntryStat;
import dev.vfo.storage.FileStat;
import java.util.List;

/** The attributes of a file entry as of one layer, or as of home. Guarded by the entry's lock. */
public final class EntryAttributes {
  private static final int PERMISSIONS = 0777;
  private static final long SECTORS_OF_BLOCK = BlockPool.BLOCK_BYTES / 512;

  int mode;
  int uid;
  int gid;
  int linkCount;
  long sizeBytes;
  long accessNanos;
  long modifyNanos;
  long changeNanos;

  /** Disk blocks of 512 bytes that the home file takes, as far as is known. */
  private long homeSectors;

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
    home.homeSectors = stat.blocks512();
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
        sectors(entry.deltas()),
        accessNanos,
        modifyNanos,
        changeNanos);
  }

  private long sectors(List<EntryDelta> deltas) {
    long changed = 0;
    for (EntryDelta delta : deltas) {
      changed += delta.blocks.count();
    }
    return deltas.isEmpty() ? homeSectors : sectorsWith(changed);
  }

  // Blocks may be counted twice, and those of home be gone; but none is behind the end.
  private long sectorsWith(long changedBlocks) {
    long most = (sizeBytes + BlockPool.BLOCK_BYTES - 1) / BlockPool.BLOCK_BYTES;
    return Math.min(homeSectors + changedBlocks * SECTORS_OF_BLOCK, most * SECTORS_OF_BLOCK);
  }

  /** Takes note that these are home's now, with so many blocks that were changed. */
  void applied(long changedBlocks) {
    homeSectors = sectorsWith(changedBlocks);
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
    homeSectors = other.homeSectors;
  }
}
