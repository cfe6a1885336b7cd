package dev.vfo.storage;

/**
 * What tells a file from every other one, past and present, of its file system (C11).
 *
 * @param inode the inode number; given again to another file once this one is gone
 * @param generation differs between two files that had the same inode number one after the other
 */
public record FileIdentity(long inode, long generation) {}
