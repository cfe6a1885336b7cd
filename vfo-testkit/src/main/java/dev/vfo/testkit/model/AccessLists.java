package dev.vfo.testkit.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Access control lists as they stand in extended attributes (linux/posix_acl_xattr.h), as far as
 * the simulated disk and the model have them: with the rules of acl(5) that tie a list to a mode.
 * Lists are well formed: the caller has made them.
 */
public final class AccessLists {
  /** The attribute that has a file's list. */
  public static final String ACCESS = "system.posix_acl_access";

  private static final int VERSION = 2;
  private static final int HEADER_BYTES = 4;
  private static final int ENTRY_BYTES = 8;
  private static final int PERMISSION_AT = 2;
  private static final int NO_ID = -1;
  private static final int OWNER = 0x01;
  private static final int USER = 0x02;
  private static final int OWNING_GROUP = 0x04;
  private static final int MASK = 0x10;
  private static final int OTHER = 0x20;
  private static final int ALL = 0777;
  private static final int BITS = 7;

  private AccessLists() {}

  /** A list without more than a mode says. */
  public static byte[] plain(int mode) {
    ByteBuffer list = begin(3);
    put(list, OWNER, mode >> 6, NO_ID);
    put(list, OWNING_GROUP, mode >> 3, NO_ID);
    return put(list, OTHER, mode, NO_ID).array();
  }

  /** One that gives a user rights, and the owning group others than the mode has. */
  public static byte[] withUser(int mode, int uid, int permissions, int owningGroup) {
    ByteBuffer list = begin(5);
    put(list, OWNER, mode >> 6, NO_ID);
    put(list, USER, permissions, uid);
    put(list, OWNING_GROUP, owningGroup, NO_ID);
    put(list, MASK, mode >> 3, NO_ID);
    return put(list, OTHER, mode, NO_ID).array();
  }

  private static ByteBuffer begin(int entries) {
    return ByteBuffer.allocate(HEADER_BYTES + entries * ENTRY_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(VERSION);
  }

  private static ByteBuffer put(ByteBuffer list, int tag, int permissions, int id) {
    return list.putShort((short) tag).putShort((short) (permissions & BITS)).putInt(id);
  }

  /** Whether a list says no more than a mode: then a file keeps none. */
  public static boolean isPlain(byte[] list) {
    return list.length == HEADER_BYTES + 3 * ENTRY_BYTES;
  }

  /** The mode of a file that gets a list. */
  public static int mode(byte[] list, int mode) {
    int result = mode & ~ALL;
    ByteBuffer entries = ByteBuffer.wrap(list).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = HEADER_BYTES; at < list.length; at += ENTRY_BYTES) {
      int shift = shift(list, entries.getShort(at));
      if (shift >= 0) {
        result |= entries.getShort(at + PERMISSION_AT) << shift;
      }
    }
    return result;
  }

  /** The list of a file that gets a mode. */
  public static byte[] withMode(byte[] list, int mode) {
    byte[] result = list.clone();
    ByteBuffer entries = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = HEADER_BYTES; at < list.length; at += ENTRY_BYTES) {
      int shift = shift(list, entries.getShort(at));
      if (shift >= 0) {
        entries.putShort(at + PERMISSION_AT, (short) ((mode >> shift) & BITS));
      }
    }
    return result;
  }

  /**
   * Which bits of a mode an entry stands for, or -1: the mask, if there is one, for the group's.
   */
  private static int shift(byte[] list, int tag) {
    return switch (tag) {
      case OWNER -> 6;
      case OWNING_GROUP -> isPlain(list) ? 3 : -1;
      case MASK -> 3;
      case OTHER -> 0;
      default -> -1;
    };
  }
}
