package dev.vfo;

/**
 * Who owns a new file, and what may be done with it.
 *
 * @param mode permission bits that are asked for (07777)
 * @param umask bits that are taken away of them (0777), unless the directory has a default access
 *     control list: then that is
 * @param uid owner
 * @param gid group; a set-group-id directory gives its own instead
 */
public record NewEntry(int mode, int umask, int uid, int gid) {
  /** Without a umask. */
  public NewEntry(int mode, int uid, int gid) {
    this(mode, 0, uid, gid);
  }
}
