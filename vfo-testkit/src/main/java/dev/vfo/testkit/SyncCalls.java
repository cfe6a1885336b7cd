package dev.vfo.testkit;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What makes things durable, and what fails to (C2, C3, C6, C7, C8, C10). */
final class SyncCalls {
  private final Disk disk;

  SyncCalls(Disk disk) {
    this.disk = disk;
  }

  /** Makes a file or a directory durable; its data and size only if so asked. */
  void sync(String operation, Descriptor descriptor, boolean dataOnly) throws StorageException {
    Inode inode = toSync(operation, descriptor);
    if (inode.isDirectory()) {
      disk.flushNames(name -> name.touches(inode.serial));
      inode.durableAttributes = inode.attributes;
      return;
    }
    disk.space.settle(inode.file().sync());
    if (!dataOnly) {
      inode.durableAttributes = inode.attributes;
    }
    if (descriptor.writeErrorsSeen != inode.writeErrors) {
      descriptor.writeErrorsSeen = inode.writeErrors;
      throw Disk.refusal(Errno.EIO, operation, descriptor);
    }
  }

  private Inode toSync(String operation, Descriptor descriptor) throws StorageException {
    if (descriptor.isPlace()) {
      throw Disk.refusal(Errno.EBADF, operation, descriptor);
    }
    Inode inode = disk.inode(descriptor);
    if (inode.type != FileType.REGULAR && !inode.isDirectory()) {
      throw Disk.refusal(Errno.EINVAL, operation, descriptor);
    }
    return inode;
  }

  /** A sync that fails: dirty data of a file is dropped (C8), name operations stay pending. */
  void failSync(String operation, Descriptor descriptor) throws StorageException {
    Inode inode = toSync(operation, descriptor);
    if (inode.type == FileType.REGULAR) {
      dropDirtyData(inode);
      descriptor.writeErrorsSeen = inode.writeErrors;
    }
  }

  /** Makes a write through an O_DSYNC descriptor durable (C7). */
  void syncWritten(Descriptor descriptor, long offset, long length) {
    if (descriptor.has(OpenFlag.DATA_SYNC)) {
      disk.inode(descriptor).file().syncRange(offset, length);
    }
  }

  /** Makes everything durable (C10). */
  void syncFileSystem(Descriptor descriptor) throws StorageException {
    if (descriptor.isPlace()) {
      throw Disk.refusal(Errno.EBADF, "syncFileSystem", descriptor);
    }
    syncEverything();
    if (descriptor.fileSystemErrorsSeen != disk.writeErrors) {
      descriptor.fileSystemErrorsSeen = disk.writeErrors;
      throw Disk.refusal(Errno.EIO, "syncFileSystem", descriptor);
    }
  }

  void syncEverything() {
    disk.flushNames(name -> true);
    for (Inode inode : disk.inodes.all()) {
      if (inode.content != null) {
        disk.space.settle(inode.content.sync());
      }
      inode.durableAttributes = inode.attributes;
    }
  }

  /** A sync of everything that fails: each dirty file's data is dropped, names stay pending. */
  void failSyncFileSystem(Descriptor descriptor) throws StorageException {
    if (descriptor.isPlace()) {
      throw Disk.refusal(Errno.EBADF, "syncFileSystem", descriptor);
    }
    for (Inode inode : dirtyFiles()) {
      dropDirtyData(inode);
    }
    descriptor.fileSystemErrorsSeen = disk.writeErrors;
  }

  /**
   * The kernel fails to write back dirty pages on its own: at least one file's, if any is dirty.
   */
  void failWriteBack() {
    List<Inode> dirty = dirtyFiles();
    int first = dirty.isEmpty() ? -1 : disk.chance.below(dirty.size());
    for (int i = 0; i < dirty.size(); i++) {
      if (i == first || disk.chance.coin()) {
        dropDirtyData(dirty.get(i));
      }
    }
  }

  private List<Inode> dirtyFiles() {
    List<Inode> dirty = new ArrayList<>();
    for (Inode inode : disk.inodes.all()) {
      if (inode.content != null && inode.content.isDirty() && !inode.isReleased) {
        dirty.add(inode);
      }
    }
    dirty.sort((first, second) -> Long.compare(first.serial, second.serial));
    return dirty;
  }

  /**
   * Drops dirty data: some of it is on the disk, some is not, and none of it is dirty any more.
   * Sizes, attributes and blocks that were freed or reserved are not data: they stay pending.
   */
  void dropDirtyData(Inode inode) {
    FileContent content = inode.file();
    CrashPolicy policy = new CrashPolicy(CrashMode.RANDOM, disk.options.tearing(), disk.chance);
    Map<Long, Page> settled = new TreeMap<>();
    content.forEachUnsynced((index, kept, between, now) -> {
      if (now.isData()) {
        Page found = policy.page(kept, between, now);
        settled.put(index, found.hasBlock() ? found : Page.zeros());
      }
    });
    long size = content.size();
    settled.forEach((index, page) -> {
      boolean last = index == FileContent.pageOf(size);
      Page cut = last ? page.cutAt(FileContent.inPage(size)) : page;
      content.settle(index, cut, disk.chance.coin());
    });
    inode.writeErrors++;
    disk.writeErrors++;
  }
}
