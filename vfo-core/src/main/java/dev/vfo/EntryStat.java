package dev.vfo;

import dev.vfo.storage.FileType;

/**
 * The attributes of a file as its program sees them inside the step.
 *
 * @param number the entry's number, which stays the same as long as somebody remembers it
 * @param mode permission bits only (07777)
 * @param linkCount number of names
 * @param device device number of a device node, else 0
 * @param sizeBytes length of the content; of a symbolic link, of its target
 * @param blocks512 disk blocks of 512 bytes that it takes, or is to take when its changes are at
 *     home: of a changed file an estimate, which is less than its size needs where it has holes
 * @param accessNanos nanoseconds since 1970
 * @param modifyNanos likewise
 * @param changeNanos likewise; after a recovery it is the time of the apply (see
 *     docs/guarantees.md)
 */
public record EntryStat(
    long number,
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
    long changeNanos) {}
