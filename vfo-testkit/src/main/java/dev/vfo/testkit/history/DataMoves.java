package dev.vfo.testkit.history;

import dev.vfo.testkit.model.ModelFile;
import dev.vfo.testkit.model.OpenFlags;
import dev.vfo.testkit.model.TreePath;
import org.jspecify.annotations.Nullable;

/** Moves that have to do with content and open files. */
final class DataMoves {
  private static final int WORD_BLOCKS = 64;

  private final Draft draft;
  private final int blockBytes;
  private final int maxFileBytes;

  DataMoves(Draft draft) {
    this.draft = draft;
    this.blockBytes = draft.profile().limits().blockBytes();
    this.maxFileBytes = draft.profile().limits().maxFileBytes();
  }

  /** Opens a file that is there; returns its handle, or null when there is no file. */
  @Nullable Integer open() {
    Draft.Place place = draft.place(Draft.Place::isRegular);
    if (place == null) {
      return create();
    }
    int flags =
        switch (draft.below(12)) {
          case 0 -> OpenFlags.READ;
          case 1 -> OpenFlags.WRITE;
          case 2 -> OpenFlags.READ | OpenFlags.WRITE | OpenFlags.TRUNCATE;
          case 3 -> OpenFlags.READ | OpenFlags.WRITE | OpenFlags.CREATE;
          case 4, 5 -> OpenFlags.READ | OpenFlags.WRITE | OpenFlags.APPEND;
          default -> OpenFlags.READ | OpenFlags.WRITE;
        };
    return open(place.path(), new OpenFlags(flags));
  }

  /** Opens a new file, and in most cases writes to it. */
  @Nullable Integer create() {
    TreePath path = draft.freePath();
    return path == null ? null : create(path);
  }

  @Nullable Integer create(TreePath path) {
    int flags = OpenFlags.READ | OpenFlags.WRITE | OpenFlags.CREATE;
    flags |= draft.oneIn(2) ? OpenFlags.EXCLUSIVE : 0;
    flags |= draft.oneIn(5) ? OpenFlags.APPEND : 0;
    Integer handle = open(path, new OpenFlags(flags));
    if (handle != null && !draft.oneIn(4)) {
      draft.emit(new FileOperation.WriteNext(handle, draft.payload(length())));
    }
    return handle;
  }

  /** Opens a file without a name, and in most cases names it, at once or later. */
  void unnamed() {
    Integer old = draft.handle(any -> true);
    TreePath path = draft.freePath();
    if (old != null && path != null && draft.oneIn(3)) {
      draft.emit(new FileOperation.LinkHandle(old, path));
      return;
    }
    makeRoom();
    int handle = draft.freeHandle();
    Mode mode = new Mode(draft.oneOf(0644, 0600, 0444));
    OpenFlags flags = new OpenFlags(OpenFlags.READ | OpenFlags.WRITE);
    draft.emit(new FileOperation.OpenUnnamed(handle, draft.directory().path(), flags, mode));
    if (draft.oneIn(2)) {
      draft.emit(new FileOperation.WriteNext(handle, draft.payload(length())));
    }
    if (path != null && draft.oneIn(2)) {
      draft.emit(new FileOperation.LinkHandle(handle, path));
      if (draft.oneIn(2)) {
        draft.emit(new FileOperation.Close(handle));
      }
    }
  }

  private @Nullable Integer open(TreePath path, OpenFlags flags) {
    makeRoom();
    int handle = draft.freeHandle();
    Mode mode = new Mode(draft.oneOf(0644, 0600, 0444, 0755, 0666));
    return draft.emit(new FileOperation.Open(handle, path, flags, mode)) ? handle : null;
  }

  /** Closes a file when as many are open as may be. */
  private void makeRoom() {
    if (draft.model().files().openHandles().size() >= draft.profile().limits().openFiles()) {
      close();
    }
  }

  void close() {
    Integer handle = draft.handle(any -> true);
    if (handle != null) {
      draft.emit(new FileOperation.Close(handle));
    }
  }

  void writeAt() {
    Integer handle = openFor(OpenFlags.WRITE);
    if (handle != null && !flags(handle).has(OpenFlags.APPEND)) {
      long offset = offset(handle);
      Payload data = draft.payload(lengthAt(offset));
      draft.emit(
          draft.oneIn(5)
              ? new FileOperation.WriteBack(handle, offset, data)
              : new FileOperation.WriteAt(handle, offset, data));
    } else if (handle != null) {
      writeNext(handle);
    }
  }

  void writeNext() {
    Integer handle = openFor(OpenFlags.WRITE);
    if (handle != null) {
      writeNext(handle);
    }
  }

  private void writeNext(int handle) {
    boolean append = flags(handle).has(OpenFlags.APPEND);
    long start = append ? size(handle) : draft.model().files().positionOf(handle);
    if (start < maxFileBytes) {
      draft.emit(new FileOperation.WriteNext(handle, draft.payload(lengthAt(start))));
    }
  }

  void readAt() {
    Integer handle = openFor(OpenFlags.READ);
    if (handle != null) {
      int length = draft.oneIn(4) ? maxFileBytes : length() + length();
      draft.emit(new FileOperation.ReadAt(handle, draft.oneIn(4) ? 0 : offset(handle), length));
    }
  }

  void readNext() {
    Integer handle = openFor(OpenFlags.READ);
    if (handle != null) {
      draft.emit(new FileOperation.ReadNext(handle, length()));
    }
  }

  void seek() {
    Integer handle = openFor(OpenFlags.READ);
    if (handle != null) {
      draft.emit(new FileOperation.Seek(handle, draft.oneIn(20) ? -1 : offset(handle)));
    }
  }

  void truncate() {
    Integer handle = openFor(OpenFlags.WRITE);
    if (handle != null) {
      draft.emit(new FileOperation.Truncate(handle, draft.oneIn(4) ? 0 : offset(handle)));
    }
  }

  void cutAndGrow() {
    Integer handle = openFor(OpenFlags.WRITE);
    if (handle != null) {
      long cut = size(handle) == 0 ? 0 : draft.below((int) size(handle));
      draft.emit(new FileOperation.Truncate(handle, cut));
      if (draft.oneIn(2)) {
        draft.emit(new FileOperation.Truncate(handle, Math.max(cut, offset(handle))));
      } else if (!flags(handle).has(OpenFlags.APPEND)) {
        long offset = Math.min(maxFileBytes - 1, cut + draft.below(2 * blockBytes));
        draft.emit(new FileOperation.WriteAt(handle, offset, draft.payload(lengthAt(offset))));
      }
    }
  }

  void allocate() {
    Integer handle = openFor(OpenFlags.WRITE);
    if (handle != null) {
      long offset = offset(handle);
      draft.emit(new FileOperation.Allocate(handle, offset, lengthAt(offset), draft.oneIn(2)));
    }
  }

  void punch() {
    Integer handle = openFor(OpenFlags.WRITE);
    if (handle != null) {
      long offset = offset(handle);
      int length = draft.oneIn(2) ? lengthAt(offset) : draft.oneOf(4096, 8192, 20_000, 70_000);
      draft.emit(new FileOperation.Punch(handle, offset, length, !draft.oneIn(4)));
    }
  }

  void statHandle() {
    Integer handle = draft.handle(any -> true);
    if (handle != null) {
      draft.emit(new FileOperation.StatHandle(handle));
    }
  }

  /**
   * A handle that can be read or written; in most cases one that is open, else a new one; null when
   * there is none.
   */
  private @Nullable Integer openFor(int flag) {
    Integer handle =
        draft.handle(
            number -> draft.model().files().fileOf(number) != null && flags(number).has(flag));
    if (handle == null || draft.oneIn(8)) {
      Integer opened = open();
      return opened == null || !flags(opened).has(flag) ? handleIfOpen(handle) : opened;
    }
    return handle;
  }

  private @Nullable Integer handleIfOpen(@Nullable Integer handle) {
    return handle != null && draft.model().files().openHandles().contains(handle) ? handle : null;
  }

  private OpenFlags flags(int handle) {
    return draft.model().files().flagsOf(handle);
  }

  private long size(int handle) {
    ModelFile file = draft.model().files().fileOf(handle);
    return file == null ? 0 : file.content().length;
  }

  /** An offset below the largest size, in most cases at an edge of a block or of the file. */
  private long offset(int handle) {
    long size = size(handle);
    long blocks = size / blockBytes + 2;
    long offset =
        switch (draft.below(10)) {
          case 0 -> 0;
          case 1, 2 -> size;
          case 3 -> draft.below((int) size + 1);
          case 4 -> size + draft.below(3 * blockBytes);
          case 5 -> draft.below(maxFileBytes / blockBytes) * (long) blockBytes;
          case 6 -> (long) WORD_BLOCKS * blockBytes - 1 + draft.below(3);
          default -> draft.below((int) blocks) * (long) blockBytes - 1 + draft.below(3);
        };
    return Math.clamp(offset, 0, maxFileBytes - 1);
  }

  private int lengthAt(long offset) {
    return (int) Math.min(length(), maxFileBytes - offset);
  }

  /** A length of at least 1, in most cases little or about a block. */
  private int length() {
    return switch (draft.below(10)) {
      case 0, 1 -> 1;
      case 2, 3, 4 -> 1 + draft.below(40);
      case 5 -> blockBytes - 1 + draft.below(3);
      case 6 -> blockBytes;
      case 7 -> 1 + draft.below(blockBytes);
      case 8 -> 2 * blockBytes - 1 + draft.below(3);
      default -> 1 + draft.below(draft.oneIn(8) ? 66 * blockBytes : 3 * blockBytes);
    };
  }
}
