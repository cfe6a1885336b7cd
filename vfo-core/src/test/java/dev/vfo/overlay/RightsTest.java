package dev.vfo.overlay;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.SimulatedStorage;
import dev.vfo.testkit.SimulationOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * What a user may do, by owner, group and mode; {@code RightsAgainstTheKernelTest} compares it with
 * a kernel where it can.
 */
class RightsTest {
  private static final int US = 1000;
  private static final int OUR_GROUP = 100;
  private static final int OTHER = 7;
  private static final Name NAME = Name.of("name");

  private final SimulatedStorage storage = storage(US);
  private final int root = storage.openRoot(Path.of("/"));
  private final EntryTable table = new EntryTable(storage.stat(root), 1);
  private final Rights rights = rights(storage);
  private int made;

  RightsTest() throws StorageException {}

  private static SimulatedStorage storage(int uid) {
    return new SimulatedStorage(SimulationOptions.defaults().withOwner(uid, OUR_GROUP));
  }

  private Rights rights(Storage of) {
    return new Rights(of, new HomeTree(of, table.root(), root, HomeTreeTest.NOTHING_STAGED));
  }

  private FileEntry file(int uid, int gid, int mode) throws StorageException {
    Name name = Name.of("file" + made++);
    storage.close(storage.open(root, name, OpenFlag.WRITE | OpenFlag.CREATE, 0));
    return adopt(name, uid, gid, mode);
  }

  private FileEntry directory(int uid, int gid, int mode) throws StorageException {
    Name name = Name.of("directory" + made++);
    storage.makeDirectory(root, name, 0);
    return adopt(name, uid, gid, mode);
  }

  private FileEntry adopt(Name name, int uid, int gid, int mode) throws StorageException {
    storage.changeOwner(root, name, uid, gid);
    storage.changeMode(root, name, mode);
    return table.adopt(storage.stat(root, name), table.root(), name);
  }

  private static void assertRefused(Errno expected, Executable call) {
    assertEquals(expected, assertThrows(StorageException.class, call).errno());
  }

  private void assertWritable(boolean expected, int uid, int gid, int mode)
      throws StorageException {
    FileEntry file = file(uid, gid, mode);
    Executable call = () -> rights.requireWritable(file, "write");
    if (expected) {
      assertDoesNotThrow(call);
    } else {
      assertRefused(Errno.EACCES, call);
    }
  }

  @Test
  void theFirstClassThatFitsDecides() throws StorageException {
    assertWritable(true, US, OTHER, 0200);
    assertWritable(false, US, OUR_GROUP, 0466);
    assertWritable(true, OTHER, OUR_GROUP, 0060);
    assertWritable(false, OTHER, OUR_GROUP, 0646);
    assertWritable(true, OTHER, OTHER, 0006);
    assertWritable(false, OTHER, OTHER, 0664);
  }

  /** Apply reads what stands beside the changed bytes, and cannot give itself that right. */
  @Test
  void anothersFileMustBeReadableToo() throws StorageException {
    assertWritable(false, OTHER, OTHER, 0002);
    assertWritable(false, OTHER, OUR_GROUP, 0020);
  }

  @Test
  void namesNeedWriteAndSearch() throws StorageException {
    for (int mode : new int[] {0100, 0200, 0400, 0500, 0600, 0077}) {
      FileEntry directory = directory(US, OUR_GROUP, mode);
      assertRefused(Errno.EACCES, () -> rights.requireNamesChangeable(directory, NAME, "create"));
    }
    rights.requireNamesChangeable(directory(US, OTHER, 0300), NAME, "create");
    rights.requireNamesChangeable(directory(OTHER, OUR_GROUP, 0030), NAME, "create");
  }

  @Test
  void stickyDirectoriesProtectOtherUsersFiles() throws StorageException {
    FileEntry theirs = file(OTHER, OTHER, 0666);
    FileEntry ours = file(US, OTHER, 0);
    FileEntry sticky = directory(OTHER, OTHER, 01777);
    assertRefused(Errno.EPERM, () -> rights.requireRemovable(sticky, NAME, theirs, "unlink"));
    rights.requireRemovable(sticky, NAME, ours, "unlink");
    rights.requireRemovable(directory(US, OTHER, 01777), NAME, theirs, "unlink");
    rights.requireRemovable(directory(OTHER, OTHER, 0777), NAME, theirs, "unlink");
  }

  @Test
  void directoryThatMovesMustBeWritable() throws StorageException {
    FileEntry closed = directory(US, OTHER, 0500);
    FileEntry to = directory(US, OTHER, 0700);
    FileEntry from = table.root();
    assertRefused(Errno.EACCES, () -> rights.requireMovable(closed, from, to, "rename"));
    rights.requireMovable(closed, from, from, "rename");
    rights.requireMovable(file(OTHER, OTHER, 0), from, to, "rename");
  }

  @Test
  void attributesAreTheOwners() throws StorageException {
    FileEntry theirs = file(OTHER, OUR_GROUP, 0666);
    FileEntry ours = file(US, OTHER, 0);
    assertRefused(Errno.EPERM, () -> rights.requireOwner(theirs, "chmod"));
    rights.requireOwner(ours, "chmod");
    assertRefused(Errno.EPERM, () -> rights.requireGivable(ours, OTHER, -1, "chown"));
    assertRefused(Errno.EPERM, () -> rights.requireGivable(ours, -1, 8, "chown"));
    assertRefused(Errno.EPERM, () -> rights.requireGivable(theirs, US, -1, "chown"));
    rights.requireGivable(ours, US, OUR_GROUP, "chown");
    rights.requireGivable(ours, -1, OTHER, "chown");
  }

  @Test
  void setGroupIdIsKeptForOurGroupsOnly() {
    assertEquals(02755, rights.settableMode(02755, OUR_GROUP));
    assertEquals(0755, rights.settableMode(02755, OTHER));
  }

  @Test
  void anothersFileIsLinkedOnlyWhenItMayBeChanged() throws StorageException {
    assertRefused(Errno.EPERM, () -> rights.requireLinkable(file(OTHER, OTHER, 0664), "link"));
    assertRefused(Errno.EPERM, () -> rights.requireLinkable(file(OTHER, OTHER, 04666), "link"));
    assertRefused(Errno.EPERM, () -> rights.requireLinkable(file(OTHER, OTHER, 02676), "link"));
    rights.requireLinkable(file(OTHER, OTHER, 0666), "link");
    rights.requireLinkable(file(US, OTHER, 04000), "link");
  }

  @Test
  void newFilesAreOurs() throws StorageException {
    assertRefused(Errno.EPERM, () -> rights.requireMakeable(OTHER, OUR_GROUP, NAME, "create"));
    assertRefused(Errno.EPERM, () -> rights.requireMakeable(US, OTHER, NAME, "create"));
    rights.requireMakeable(US, OUR_GROUP, NAME, "create");
  }

  @Test
  void userZeroMayDoAll() throws StorageException {
    Rights all = rights(storage(0));
    FileEntry file = file(OTHER, OTHER, 0);
    FileEntry sticky = directory(OTHER, OTHER, 01000);
    all.requireWritable(file, "write");
    all.requireRemovable(sticky, NAME, file, "unlink");
    all.requireMovable(sticky, table.root(), sticky, "rename");
    all.requireGivable(file, 1, 2, "chown");
    all.requireLinkable(file, "link");
    all.requireMakeable(OTHER, OTHER, NAME, "create");
    assertEquals(02755, all.settableMode(02755, OTHER));
  }
}
