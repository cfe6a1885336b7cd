package dev.vfo.overlay;

import static dev.vfo.storage.AccessRight.READ;
import static dev.vfo.storage.AccessRight.SEARCH;
import static dev.vfo.storage.AccessRight.WRITE;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.Set;

/**
 * What this process may do with files as of the active layer. Apply does later, with our rights,
 * what a step did: so the step is refused what apply could not do, with the errno that Linux gives.
 *
 * <p>As long as no unapplied layer changed a home file's owner, group or permissions, the system is
 * asked: it alone knows what access control lists, capabilities, flags and mounts say. Else the
 * file is ours, for only its owner can change them; and what an owner may do stands in the mode,
 * also where there is a list. User 0 may do all and nothing is asked. Thread safe; takes entry
 * locks and the home lock.
 */
public final class Rights {
  private static final int SET_USER_ID = 04000;
  private static final int SET_GROUP_ID = 02000;
  private static final int GROUP_EXECUTE = 00010;
  private static final int STICKY = 01000;

  private final HomeTree home;
  private final int uid;
  private final Set<Integer> groups;

  /** Those of this process, with the groups that it has now, in a tree with this home. */
  public Rights(Storage storage, HomeTree home) {
    this.home = home;
    this.uid = storage.effectiveUid();
    this.groups = storage.groups();
  }

  /** Whether nothing is refused. */
  boolean areAll() {
    return uid == 0;
  }

  /** Whether its attributes may be set. */
  boolean isOwner(FileEntry entry) {
    return areAll() || entry.owner() == uid;
  }

  private void require(FileEntry entry, int wanted, String what, Object subject)
      throws StorageException {
    if (areAll()) {
      return;
    }
    if (entry.hasRightsOfHome()) {
      try {
        home.requireAccess(entry, wanted);
      } catch (StorageException e) {
        StorageException refusal = refused(e.errno(), what, subject);
        refusal.initCause(e);
        throw refusal;
      }
    } else if ((byMode(entry) & wanted) != wanted) {
      throw refused(Errno.EACCES, what, subject);
    }
  }

  private int byMode(FileEntry entry) {
    int mode = entry.mode();
    return entry.owner() == uid ? mode >> 6 : groups.contains(entry.group()) ? mode >> 3 : mode;
  }

  private static StorageException refused(Errno errno, String what, Object subject) {
    return new StorageException(errno, what, subject.toString());
  }

  /**
   * Requires that the content may be read.
   *
   * @throws StorageException EACCES when not
   */
  public void requireReadable(FileEntry file, String what) throws StorageException {
    require(file, READ, what, file);
  }

  /**
   * Requires that the content may be changed. Another user's file must be readable too: apply keeps
   * what stands beside the changed bytes.
   *
   * @throws StorageException EACCES when not; EPERM or EROFS when nobody may
   */
  public void requireWritable(FileEntry file, String what) throws StorageException {
    require(file, isOwner(file) ? WRITE : READ | WRITE, what, file);
  }

  /**
   * Requires that attributes of the users' kind may be set.
   *
   * @throws StorageException EACCES when it may not be written, EPERM when it is another user's
   *     sticky directory
   */
  void requireXattrsSettable(FileEntry entry, String what) throws StorageException {
    require(entry, WRITE, what, entry);
    if (entry.isDirectory() && (entry.mode() & STICKY) != 0 && !isOwner(entry)) {
      throw refused(Errno.EPERM, what, entry + ", another user's sticky directory");
    }
  }

  /**
   * Requires that names may be looked up in a directory. What is looked up at home the system
   * checks; it does not know what a step has closed.
   *
   * @throws StorageException EACCES when not
   */
  public void requireSearchable(FileEntry directory, String what) throws StorageException {
    requireUnlessHomeDoes(directory, SEARCH, what);
  }

  /**
   * Requires that a directory may be listed; likewise.
   *
   * @throws StorageException EACCES when not
   */
  public void requireListable(FileEntry directory, String what) throws StorageException {
    requireUnlessHomeDoes(directory, READ, what);
  }

  private void requireUnlessHomeDoes(FileEntry directory, int wanted, String what)
      throws StorageException {
    if (!areAll() && !directory.hasRightsOfHome()) {
      require(directory, wanted, what, directory);
    }
  }

  /**
   * Requires that names may be added to a directory.
   *
   * @throws StorageException EACCES when not; EPERM or EROFS when nobody may
   */
  public void requireNamesChangeable(FileEntry directory, Name name, String what)
      throws StorageException {
    require(directory, WRITE | SEARCH, what, name + " in " + directory);
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
    if (entry.isDirectory() && from != to) {
      require(entry, WRITE, what, entry);
    }
  }

  /**
   * Requires that somebody else may get the name that an entry has, or had when a layer began:
   * apply may have to put it aside, into another directory. Stricter than Linux, which does it at
   * once.
   *
   * @throws StorageException EACCES when it is another user's directory that we may not write
   */
  public void requireGivingWay(FileEntry entry, String what) throws StorageException {
    if (entry.isDirectory() && !isOwner(entry)) {
      require(entry, WRITE, what, entry + ", which cannot be moved away; after a checkpoint");
    }
  }

  /** Whether apply has to open a directory of ours, to move it, and to close it again. */
  public boolean isClosedToUs(FileEntry entry) {
    return !areAll() && entry.isDirectory() && isOwner(entry) && (byMode(entry) & WRITE) == 0;
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
    String subject = file + ", which is another user's";
    if (special) {
      throw refused(Errno.EPERM, what, subject);
    }
    try {
      require(file, READ | WRITE, what, subject);
    } catch (StorageException e) {
      throw e.errno() == Errno.EACCES ? refused(Errno.EPERM, what, subject) : e;
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
