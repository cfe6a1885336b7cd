package dev.vfo.storage;

/**
 * Space, limits and kind of a file system.
 *
 * @param typeMagic the number that statfs(2) gives, such as 0xEF53 for ext4
 * @param typeName its usual name, or the number in hexadecimal
 * @param blockBytes size of a block
 * @param availableBytes what the caller may still allocate
 * @param totalBytes size of the whole
 * @param freeInodes how many files can still be made; {@link Long#MAX_VALUE} where there is no
 *     limit
 * @param totalInodes likewise, in all
 * @param maxNameBytes longest name of a directory entry
 * @param readOnly whether it is mounted so
 */
public record FileSystemStat(
    long typeMagic,
    String typeName,
    long blockBytes,
    long availableBytes,
    long totalBytes,
    long freeInodes,
    long totalInodes,
    int maxNameBytes,
    boolean readOnly) {}
