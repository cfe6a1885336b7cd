package dev.vfo.overlay;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.Set;

/**
 * What this process may do with files, by their owners and modes as of the active layer. Apply does
 * later, with our rights, what a step did: so the step is refused what apply could not do, with the
 * errno that Linux gives. User 0 may do all. Other users' capabilities, access control lists and
 * immutable flags are not looked at. Immutable.
 */
public final class Rights {
  private static final int READ = 4;
  private static final int WRITE = 2;
  private static final int SEARCH = 1;
  private static final int SET_USER_ID = 04000;
  private static final int SET_GROUP_ID = 02000;
  private static final int GROUP_EXECUTE = 00010;
  private static final int STICKY = 01000;

  private final int uid;
  private final Set<Integer> groups;

  Rights(int uid, Set<Integer> groups) {
    this.uid = uid;
    this.groups = Set.copyOf(groups);
  }

  /** Those of this process, as they are now. */
  public static Rights of(Storage storage) {
    return new Rights(storage.effectiveUid(), storage.groups());
  }

  /** Whether nothing is refused. */
  boolean areAll() {
    return uid == 0;
  }

  private boolean isOwner(FileEntry entry) {
    return areAll() || entry.owner() == uid;
  }

  private boolean has(FileEntry entry, int wanted) {
    if (areAll()) {
      return true;
    }
    int mode = entry.mode();
    int bits = entry.owner() == uid ? mode >> 6 : groups.contains(entry.group()) ? mode >> 3 : mode;
    return (bits & wanted) == wanted;
  }

  private static StorageException refused(Errno errno, String what, Object subject) {
    return new StorageException(errno, what, subject.toString());
  }

  /**
   * Requires that the content may be changed. Another user's file must be readable too: apply keeps
   * what stands beside the changed bytes. A file that has no home file yet may be changed by
   * whoever made it, as by the call that makes and opens it.
   *
   * @throws StorageException EACCES when not
   */
  public void requireWritable(FileEntry file, String what) throws StorageException {
    int wanted = isOwner(file) ? WRITE : READ | WRITE;
    if (!has(file, wanted) && !(isOwner(file) && file.isMadeInLayers())) {
      throw refused(Errno.EACCES, what, file);
    }
  }

  /**
   * Requires that names may be added to a directory.
   *
   * @throws StorageException EACCES when not
   */
  public void requireNamesChangeable(FileEntry directory, Name name, String what)
      throws StorageException {
    if (!has(directory, WRITE | SEARCH)) {
      throw refused(Errno.EACCES, what, name + " in " + directory);
    }
  }

  /**
   * Requires that an entry's name may be taken away.
   *
   * @throws StorageException EACCES when the directory cannot be written, EPERM when it is sticky
   *     and both are other users'
   */
  public void requireRemovable(FileEntry directory, Name name, FileEntry entry, String what)
      throws StorageException {
    requireNamesChangeable(directory, name, what);
    if (!isOwner(entry) && !isOwner(directory) && (directory.mode() & STICKY) != 0) {
      throw refused(Errno.EPERM, what, name + ", another user's in a sticky directory");
    }
  }

  /**
   * Requires that an entry may be moved to another directory: the name ".." in a directory changes.
   *
   * @throws StorageException EACCES when not
   */
  public void requireMovable(FileEntry entry, FileEntry from, FileEntry to, String what)
      throws StorageException {
    if (entry.isDirectory() && from != to && !has(entry, WRITE)) {
      throw refused(Errno.EACCES, what, entry);
    }
  }

  /**
   * Requires that another name may be made of a file, as Linux does with its protection of hard
   * links.
   *
   * @throws StorageException EPERM when not
   */
  public void requireLinkable(FileEntry file, String what) throws StorageException {
    if (isOwner(file)) {
      return;
    }
    int mode = file.mode();
    boolean special =
        (mode & SET_USER_ID) != 0
            || (mode & (SET_GROUP_ID | GROUP_EXECUTE)) == (SET_GROUP_ID | GROUP_EXECUTE)
            || file.type() != FileType.REGULAR;
    if (special || !has(file, READ | WRITE)) {
      throw refused(Errno.EPERM, what, file + ", which is another user's");
    }
  }

  /**
   * Requires that a file may be made with this owner and group.
   *
   * @throws StorageException EPERM when it could not be given to them
   */
  public void requireMakeable(int newUid, int newGid, Name name, String what)
      throws StorageException {
    if (!areAll() && (newUid != uid || !groups.contains(newGid))) {
      throw refused(Errno.EPERM, what, name + " for user " + newUid + ", group " + newGid);
    }
  }

  /**
   * Requires that attributes may be set.
   *
   * @throws StorageException EPERM when the entry is another user's
   */
  void requireOwner(FileEntry entry, String what) throws StorageException {
    if (!isOwner(entry)) {
      throw refused(Errno.EPERM, what, entry + ", which is another user's");
    }
  }

  /**
   * Requires that an entry may be given to these; -1 leaves one as it is.
   *
   * @throws StorageException EPERM when it is another user's, or would become so, or be given to a
   *     group that we are not in
   */
  void requireGivable(FileEntry entry, int newUid, int newGid, String what)
      throws StorageException {
    requireOwner(entry, what);
    boolean sameUser = newUid == -1 || newUid == entry.owner();
    boolean ourGroup = newGid == -1 || newGid == entry.group() || groups.contains(newGid);
    if (!areAll() && !(sameUser && ourGroup)) {
      throw refused(Errno.EPERM, what, entry + " to user " + newUid + ", group " + newGid);
    }
  }

  /** The mode that a file gets: without set-group-id when its group is none of ours. */
  public int settableMode(int mode, int group) {
    return areAll() || groups.contains(group) ? mode : mode & ~SET_GROUP_ID;
  }
}
