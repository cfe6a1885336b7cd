package dev.vfo;

/**
 * Space and limits of the file system that a root is on, as statvfs(3) tells them. What committed
 * layers need until they are applied is counted off, as it is reserved; what the running step needs
 * is not, before its checkpoint.
 *
 * @param blockBytes size of a block
 * @param totalBytes size of the whole
 * @param availableBytes what this process may still allocate
 * @param totalFiles how many files there can be; {@link Long#MAX_VALUE} without a limit
 * @param freeFiles how many can still be made, likewise
 * @param maxNameBytes longest name of a directory entry
 */
public record FileSystemSpace(
    long blockBytes,
    long totalBytes,
    long availableBytes,
    long totalFiles,
    long freeFiles,
    int maxNameBytes) {}
