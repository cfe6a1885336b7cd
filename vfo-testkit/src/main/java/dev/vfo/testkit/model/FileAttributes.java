package dev.vfo.testkit.model;

import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;

/**
 * The attributes that a program may rely on and that a checkpoint keeps. Left out: times of access
 * and of change, disk blocks, and what file systems disagree on, the size and link count of a
 * directory.
 *
 * @param mode permission bits (07777)
 * @param linkCount number of names; 1 for a directory
 * @param device number of the device of a device node, else 0
 * @param sizeBytes length of the content, of a symbolic link's target; 0 for a directory
 * @param modifyNanos time of last modification, nanoseconds since 1970
 */
public record FileAttributes(
    FileType type,
    int mode,
    int linkCount,
    int uid,
    int gid,
    long device,
    long sizeBytes,
    long modifyNanos) {

  /** Those of a storage's answer. */
  public static FileAttributes of(FileStat stat) {
    boolean directory = stat.type() == FileType.DIRECTORY;
    return new FileAttributes(
        stat.type(),
        stat.mode(),
        directory ? 1 : stat.linkCount(),
        stat.uid(),
        stat.gid(),
        stat.device(),
        directory ? 0 : stat.sizeBytes(),
        stat.modifyNanos());
  }

  /** The same with another time of modification. */
  public FileAttributes withModifyNanos(long nanos) {
    return new FileAttributes(type, mode, linkCount, uid, gid, device, sizeBytes, nanos);
  }

  @Override
  public String toString() {
    return "%s mode=%04o links=%d owner=%d:%d device=%x size=%d modified=%d"
        .formatted(type, mode, linkCount, uid, gid, device, sizeBytes, modifyNanos);
  }
}
