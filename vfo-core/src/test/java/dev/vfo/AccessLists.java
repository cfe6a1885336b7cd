package dev.vfo;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Files of user 0, and one of another user, whose access control lists say more than their mode.
 */
final class AccessLists {
  private static final String ATTRIBUTE = "system.posix_acl_access";
  private static final int VERSION = 2;
  private static final int NO_ID = -1;
  private static final int ENTRIES = 6;
  private static final short USER_OBJ = 1;
  private static final short USER = 2;
  private static final short GROUP_OBJ = 4;
  private static final short GROUP = 8;
  private static final short MASK = 16;
  private static final short OTHER = 32;

  private AccessLists() {}

  static void make(Path root, int user) throws IOException {
    set(file(root, "list-open"), user, 6, 0, 6, 0);
    set(file(root, "list-readable"), user, 4, 0, 7, 0);
    set(file(root, "list-masked"), user, 6, 6, 4, 0);
    set(file(root, "list-closed"), user, 0, 0, 7, 6);
    set(folder(root, "list-folder"), user, 7, 0, 7, 0);
    set(folder(root, "list-masked-folder"), user, 7, 7, 5, 0);
    set(folder(root, "list-closed-folder"), user, 5, 5, 7, 7);
    Path ours = file(root, "list-ours");
    Files.setAttribute(ours, "unix:uid", user);
    Files.setAttribute(ours, "unix:gid", user);
    set(ours, user, 0, 0, 6, 6);
  }

  private static Path file(Path folder, String name) throws IOException {
    return Files.writeString(folder.resolve(name), "0123456789");
  }

  private static Path folder(Path root, String name) throws IOException {
    Path folder = Files.createDirectory(root.resolve(name));
    file(folder, "theirs");
    Files.createDirectory(folder.resolve("their-folder"));
    return folder;
  }

  /** What a named user and group may do, by a mask, and others. */
  private static void set(Path path, int user, int named, int group, int mask, int others)
      throws IOException {
    ByteBuffer list = ByteBuffer.allocate(4 + 8 * ENTRIES).order(ByteOrder.LITTLE_ENDIAN);
    list.putInt(VERSION);
    add(list, USER_OBJ, 7, NO_ID);
    add(list, USER, named, user);
    add(list, GROUP_OBJ, 0, NO_ID);
    add(list, GROUP, group, user);
    add(list, MASK, mask, NO_ID);
    add(list, OTHER, others, NO_ID);
    LinuxStorage storage = new LinuxStorage();
    int parent = storage.openRoot(path.resolveSibling(""));
    try {
      storage.setXattr(parent, Name.of(path.getFileName().toString()), ATTRIBUTE, list.array());
    } finally {
      storage.close(parent);
    }
  }

  private static void add(ByteBuffer list, short tag, int rights, int id) {
    list.putShort(tag).putShort((short) rights).putInt(id);
  }

  /** A file's list as text, empty when it has none. */
  static String of(Path path) throws IOException {
    LinuxStorage storage = new LinuxStorage();
    int parent = storage.openRoot(path.resolveSibling(""));
    try {
      Name name = Name.of(path.getFileName().toString());
      return HexFormat.of().formatHex(storage.getXattr(parent, name, ATTRIBUTE));
    } catch (StorageException e) {
      if (e.errno() != Errno.ENODATA) {
        throw e;
      }
      return "";
    } finally {
      storage.close(parent);
    }
  }
}
