package dev.vfo.fuse.protocol;

import dev.vfo.storage.FileType;

/** Puts the entries of a directory into an answer. */
public final class DirectoryEntries {
  private static final int HEAD_BYTES = 24;
  private static final int ALIGNMENT = 8;
  private static final int TYPE_SHIFT = 12;

  private DirectoryEntries() {}

  /** How long an entry with a name of so many bytes is, without its attributes. */
  public static int length(int nameBytes) {
    return (HEAD_BYTES + nameBytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** Adds an entry; with READDIRPLUS its attributes were added just before. */
  public static void add(Reply reply, long number, long nextOffset, FileType type, byte[] name) {
    int at = reply.grow(HEAD_BYTES);
    reply.int64(at, number);
    reply.int64(at + 8, nextOffset);
    reply.int32(at + 16, name.length);
    reply.int32(at + 20, type.bits() >> TYPE_SHIFT);
    reply.add(name);
    int end = at + length(name.length);
    int padding = end - reply.bodyBytes();
    if (padding > 0) {
      int _ = reply.grow(padding);
    }
  }
}
