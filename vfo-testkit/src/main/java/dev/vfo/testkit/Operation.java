package dev.vfo.testkit;

/** The calls of {@link dev.vfo.storage.Storage} that a {@link Fault} can hit. */
public enum Operation {
  OPEN_ROOT("openRoot"),
  OPEN("open"),
  REOPEN("reopen"),
  OPEN_PARENT("openParent"),
  CLOSE("close"),
  READ("read"),
  WRITE("write"),
  TRUNCATE("truncate"),
  ALLOCATE("allocate"),
  PUNCH_HOLE("punchHole"),
  SEEK_DATA("seekData"),
  SEEK_HOLE("seekHole"),
  COPY_RANGE("copyRange"),
  DATA_SYNC("dataSync"),
  SYNC("sync"),
  SYNC_FILE_SYSTEM("syncFileSystem"),
  STAT("stat"),
  LIST("list"),
  MAKE_DIRECTORY("makeDirectory"),
  MAKE_NODE("makeNode"),
  MAKE_SYMLINK("makeSymlink"),
  READ_SYMLINK("readSymlink"),
  LINK("link"),
  RENAME("rename"),
  UNLINK("unlink"),
  REMOVE_DIRECTORY("removeDirectory"),
  CHANGE_MODE("changeMode"),
  CHANGE_OWNER("changeOwner"),
  SET_TIMES("setTimes"),
  GET_XATTR("getXattr"),
  SET_XATTR("setXattr"),
  REMOVE_XATTR("removeXattr"),
  LIST_XATTRS("listXattrs"),
  FILE_SYSTEM_STAT("fileSystemStat"),
  TRY_LOCK("tryLock"),
  REQUIRE_ACCESS("requireAccess");

  private final String method;

  Operation(String method) {
    this.method = method;
  }

  /** Name of the method. */
  public String method() {
    return method;
  }

  /** Whether it is a sync of a file, a directory or everything. */
  public boolean isSync() {
    return this == DATA_SYNC || this == SYNC || this == SYNC_FILE_SYSTEM;
  }

  boolean isTransfer() {
    return this == READ || this == WRITE || this == COPY_RANGE;
  }

  /** Whether it changes the disk; opening does only when it creates or cuts. */
  boolean changesDisk() {
    return switch (this) {
      case WRITE,
          TRUNCATE,
          ALLOCATE,
          PUNCH_HOLE,
          COPY_RANGE,
          DATA_SYNC,
          SYNC,
          SYNC_FILE_SYSTEM,
          MAKE_DIRECTORY,
          MAKE_NODE,
          MAKE_SYMLINK,
          LINK,
          RENAME,
          UNLINK,
          REMOVE_DIRECTORY,
          CHANGE_MODE,
          CHANGE_OWNER,
          SET_TIMES,
          SET_XATTR,
          REMOVE_XATTR ->
          true;
      default -> false;
    };
  }
}
