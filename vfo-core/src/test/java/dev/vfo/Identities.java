package dev.vfo;

import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;

/** Answers of a storage that are wrong about which file it is. */
public final class Identities {
  private Identities() {}

  /** The same attributes, said of another file. */
  public static FileStat withIdentity(FileStat stat, FileIdentity identity) {
    return new FileStat(
        identity,
        stat.mountDevice(),
        stat.type(),
        stat.mode(),
        stat.linkCount(),
        stat.uid(),
        stat.gid(),
        stat.device(),
        stat.sizeBytes(),
        stat.blocks512(),
        stat.accessNanos(),
        stat.modifyNanos(),
        stat.changeNanos());
  }

  /** As a file system tells them that knows no generations. */
  public static FileStat withoutGeneration(FileStat stat) {
    return withIdentity(stat, new FileIdentity(stat.identity().inode(), 0));
  }
}
