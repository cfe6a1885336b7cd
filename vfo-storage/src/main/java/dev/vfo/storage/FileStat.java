package dev.vfo.storage;

/**
 * The attributes of a file.
 *
 * @param identity which file it is
 * @param mountDevice number of the device that it is on, to tell whether two files are on one file
 *     system
 * @param mode permission bits only (07777)
 * @param linkCount number of names
 * @param device device number of a device node, else 0
 * @param sizeBytes length of the content; of a symbolic link, of its target
 * @param blocks512 disk blocks of 512 bytes in use
 * @param accessNanos nanoseconds since 1970; times outside of the years 1678 to 2261 are cut to
 *     that range
 * @param modifyNanos likewise
 * @param changeNanos likewise
 */
public record FileStat(
    FileIdentity identity,
    long mountDevice,
    FileType type,
    int mode,
    int linkCount,
    int uid,
    int gid,
    long device,
    long sizeBytes,
    long blocks512,
    long accessNanos,
    long modifyNanos,
    long changeNanos) {

  /** For {@link Storage#setTimes}: leave this time as it is. */
  public static final long OMIT_TIME = Long.MIN_VALUE;
}
