package dev.vfo.testkit;

import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Faults.Kind;
import dev.vfo.testkit.Faults.Verdict;
import java.lang.foreign.MemorySegment;

/**
 * Reads, writes and copies, as far as a fault lets them get, and how durable they are then. For one
 * thread at a time.
 */
final class Transfers {
  private final Disk disk;
  private final FileCalls files;
  private final SyncCalls syncs;

  Transfers(Disk disk, FileCalls files, SyncCalls syncs) {
    this.disk = disk;
    this.files = files;
    this.syncs = syncs;
  }

  long read(Verdict verdict, Descriptor descriptor, MemorySegment target, long offset)
      throws StorageException {
    long limit = limit(verdict, descriptor, target.byteSize());
    return files.read(descriptor, target, offset, limit);
  }

  long write(Verdict verdict, Descriptor descriptor, MemorySegment source, long offset)
      throws StorageException {
    long limit = limit(verdict, descriptor, source.byteSize());
    if (verdict.is(Kind.FAIL)) {
      limit = 1L + disk.chance.below((int) Math.min(limit, Integer.MAX_VALUE));
    }
    long count = files.write(descriptor, source, offset, limit);
    afterWrite(verdict, descriptor, offset, count);
    return count;
  }

  long copyRange(
      Verdict verdict,
      Descriptor source,
      long fromOffset,
      Descriptor target,
      long toOffset,
      long lengthBytes)
      throws StorageException {
    long limit = limit(verdict, target, lengthBytes);
    long count = files.copyRange(source, fromOffset, target, toOffset, limit);
    afterWrite(verdict, target, toOffset, count);
    return count;
  }

  /** How much of a transfer is to be done. */
  private static long limit(Verdict verdict, Descriptor descriptor, long length) {
    if (!verdict.is(Kind.SHORT)) {
      return length;
    }
    long unit = descriptor.has(OpenFlag.DIRECT) ? Page.BYTES : 1;
    return length <= unit ? length : Math.max(1, length / unit / 2) * unit;
  }

  private void afterWrite(Verdict verdict, Descriptor descriptor, long offset, long count) {
    switch (verdict.kind()) {
      case PROCEED, SHORT, FAIL_AFTER -> syncs.syncWritten(descriptor, offset, count);
      case FAIL -> {
        if (descriptor.has(OpenFlag.DATA_SYNC)) {
          syncs.dropDirtyData(disk.inode(descriptor));
        }
      }
      case CRASH -> {
        // Not durable, even through an O_DSYNC descriptor: it may tear.
      }
    }
  }
}
