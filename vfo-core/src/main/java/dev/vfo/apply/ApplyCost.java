package dev.vfo.apply;

import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.changes.Extent;
import dev.vfo.changes.Extent.Hole;
import dev.vfo.changes.NameChange;
import dev.vfo.changes.XattrChange;
import org.jspecify.annotations.Nullable;

/**
 * The disk space that applying a layer takes at most, with blocks of up to 4 KiB; also where
 * overwriting takes new blocks.
 *
 * @param stageBytes for new objects and the plan
 * @param planBytes for the plan alone, which stays for a while
 * @param placeBytes for changes in place and names, taken when the stage has its part
 */
public record ApplyCost(long stageBytes, long planBytes, long placeBytes) {
  private static final long BLOCK_BYTES = 4096;

  /** The plan's frame, and the folders of the stage with it. */
  private static final long FIXED_BYTES = 4 * BLOCK_BYTES;

  /** What a name takes in a directory beside its bytes; doubled, as directories split. */
  private static final long NAME_BYTES = 64;

  /** The cost of a layer. */
  public static ApplyCost of(ChangeSet changes) {
    long objects = 0;
    long plan = FIXED_BYTES;
    long place = 0;
    for (EntryChange entry : changes.entries()) {
      long content = contentBytes(entry.data());
      if (entry.fate() == Fate.GONE) {
        continue;
      }
      // Where they do not fit into the inode they get blocks of their own.
      long xattrs = entry.attributes().has(Attributes.XATTRS) ? xattrBytes(entry) : 0;
      if (entry.created()) {
        objects += BLOCK_BYTES + content + NAME_BYTES + xattrs;
        plan += PlanFormat.OBJECT_BYTES;
      } else {
        plan += savedBytes(entry.data());
        place += content + xattrs;
      }
    }
    long directory = NameChange.NONE;
    for (NameChange name : changes.names()) {
      place += name.directory() == directory ? 0 : 2 * BLOCK_BYTES;
      place += 2 * (NAME_BYTES + name.name().length());
      directory = name.directory();
    }
    return new ApplyCost(objects + plan, plan, place);
  }

  /** The cost of both together. */
  public long totalBytes() {
    return stageBytes + placeBytes;
  }

  private static long xattrBytes(EntryChange entry) {
    long bytes = BLOCK_BYTES;
    for (XattrChange xattr : entry.attributes().xattrs()) {
      byte[] value = xattr.value();
      long blocks = value == null ? 0 : (value.length + BLOCK_BYTES - 1) / BLOCK_BYTES;
      bytes += blocks * BLOCK_BYTES;
    }
    return bytes;
  }

  private static long contentBytes(@Nullable Data data) {
    long bytes = 0;
    if (data != null) {
      for (Extent extent : data.extents()) {
        long first = extent.offset() / BLOCK_BYTES;
        long last = (extent.offset() + extent.lengthBytes() - 1) / BLOCK_BYTES;
        // A hole gives space back, but may split what the file system keeps of the file.
        bytes += extent.content() instanceof Hole ? BLOCK_BYTES : (last - first + 1) * BLOCK_BYTES;
      }
    }
    return bytes;
  }

  private static long savedBytes(@Nullable Data data) {
    if (data == null) {
      return 0;
    }
    long ranges = 1;
    for (Extent extent : data.extents()) {
      ranges += extent.offset() % BLOCK_BYTES == 0 ? 0 : 1;
      ranges += (extent.offset() + extent.lengthBytes()) % BLOCK_BYTES == 0 ? 0 : 1;
    }
    return ranges * PlanFormat.savedBytes(SavedRange.PAGE_BYTES);
  }
}
