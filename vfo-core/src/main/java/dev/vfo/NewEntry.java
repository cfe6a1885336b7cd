package dev.vfo;

/**
 * Who owns a new file, and what may be done with it.
 *
 * @param mode permission bits (07777); no umask is applied
 * @param uid owner
 * @param gid group; a set-group-id directory gives its own instead
 */
public record NewEntry(int mode, int uid, int gid) {}
