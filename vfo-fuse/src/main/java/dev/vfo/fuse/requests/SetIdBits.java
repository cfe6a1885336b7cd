package dev.vfo.fuse.requests;

import dev.vfo.EntryOperations;
import dev.vfo.EntryStat;
import java.io.IOException;

/**
 * Clears the set-id bits of a file that somebody changed who may not keep them; the kernel says
 * when. For user 0 the engine does not: it takes the change for one of user 0.
 */
final class SetIdBits {
  private static final int SET_USER_ID = 04000;
  private static final int SET_GROUP_ID = 02000;
  private static final int GROUP_EXECUTE = 00010;

  private final EntryOperations entries;

  SetIdBits(EntryOperations entries) {
    this.entries = entries;
  }

  void clearGroup(long entry) throws IOException {
    int mode = entries.stat(entry).mode();
    if ((mode & SET_GROUP_ID) != 0) {
      entries.changeMode(entry, mode & ~SET_GROUP_ID);
    }
  }

  void clear(long entry) throws IOException {
    EntryStat stat = entries.stat(entry);
    int kept = stat.mode() & ~SET_USER_ID;
    if ((kept & GROUP_EXECUTE) != 0) {
      kept &= ~SET_GROUP_ID;
    }
    if (kept != stat.mode()) {
      entries.changeMode(entry, kept);
    }
  }
}
