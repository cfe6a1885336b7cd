package dev.vfo.testkit.history;

import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.RenameMode;
import dev.vfo.testkit.model.AccessLists;
import dev.vfo.testkit.model.ModelFile;
import dev.vfo.testkit.model.ModelXattrs;
import dev.vfo.testkit.model.OpenFlags;
import dev.vfo.testkit.model.TreePath;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Moves that have to do with names and attributes. */
final class NameMoves {
  /** Larger trees are not removed: histories that end with nothing find nothing. */
  private static final int MAX_TREE = 5;

  private static final List<FileType> SPECIAL =
      List.of(FileType.FIFO, FileType.SOCKET, FileType.CHARACTER_DEVICE, FileType.BLOCK_DEVICE);

  private final Draft draft;
  private final DataMoves data;

  NameMoves(Draft draft, DataMoves data) {
    this.draft = draft;
    this.data = data;
  }

  void unlink() {
    Draft.Place place = draft.place(any -> !any.isDirectory());
    if (place != null) {
      draft.emit(new FileOperation.Unlink(place.path()));
    }
  }

  void replace() {
    Draft.Place place = draft.place(any -> any.file().children().isEmpty());
    if (place != null) {
      remove(place.path(), place.file());
      make(place.path());
    }
  }

  private void make(TreePath path) {
    switch (draft.below(7)) {
      case 6 -> special(path);
      case 0, 1 -> draft.emit(new FileOperation.MakeDirectory(path, directoryMode()));
      case 2 -> draft.emit(new FileOperation.MakeSymlink(path, draft.anyPath()));
      default -> data.create(path);
    }
  }

  private void remove(TreePath path, ModelFile file) {
    if (file.isDirectory()) {
      for (Name name : List.copyOf(file.children().keySet())) {
        ModelFile child = file.children().get(name);
        if (child != null) {
          remove(path.child(name), child);
        }
      }
      draft.emit(new FileOperation.RemoveDirectory(path));
    } else {
      draft.emit(new FileOperation.Unlink(path));
    }
  }

  /** Opens a file, removes all its names, and goes on with it. */
  void orphan() {
    Integer handle = data.open();
    ModelFile file = handle == null ? null : draft.model().files().fileOf(handle);
    if (handle == null || file == null) {
      return;
    }
    for (Draft.Place place : draft.places(any -> any.file() == file)) {
      draft.emit(new FileOperation.Unlink(place.path()));
    }
    if (draft.oneIn(2)) {
      draft.emit(new FileOperation.WriteNext(handle, draft.payload(1 + draft.below(6000))));
    }
    draft.emit(new FileOperation.ReadAt(handle, 0, 1 + draft.below(9000)));
  }

  void passing() {
    TreePath path = draft.freePath();
    if (path != null) {
      make(path);
      remove(path);
    }
  }

  private void remove(TreePath path) {
    Draft.Place place = draft.place(any -> any.path().equals(path));
    if (place != null) {
      remove(path, place.file());
    }
  }

  void save() {
    Draft.Place old = draft.place(Draft.Place::isRegular);
    TreePath temporary = draft.freePath();
    if (old == null || temporary == null) {
      return;
    }
    Integer handle = data.create(temporary);
    if (handle != null && draft.oneIn(2)) {
      draft.emit(new FileOperation.Close(handle));
    }
    rename(temporary, old.path());
  }

  void rename() {
    Draft.Place from = draft.place(any -> true);
    TreePath to = draft.freePath();
    if (from != null && to != null) {
      rename(from.path(), to);
    }
  }

  void renameOver() {
    Draft.Place from = draft.place(any -> true);
    if (from == null) {
      return;
    }
    Draft.Place to =
        draft.place(any ->
            any.isDirectory() == from.isDirectory()
                && any.file().children().isEmpty()
                && !any.path().equals(from.path()));
    if (to != null) {
      rename(from.path(), to.path());
    }
  }

  void moveDirectory() {
    Draft.Place from = draft.place(Draft.Place::isDirectory);
    if (from == null) {
      return;
    }
    Draft.Place into = draft.place(any -> any.isDirectory() && !any.path().startsWith(from.path()));
    TreePath parent = into == null ? TreePath.ROOT : into.path();
    rename(from.path(), parent.child(draft.name(parent)));
  }

  void swap() {
    Draft.Place first = draft.place(any -> true);
    if (first == null) {
      return;
    }
    Draft.Place second = draft.place(any -> apart(any, first));
    TreePath temporary = freeOutside(first);
    if (second != null && temporary != null && !temporary.startsWith(second.path())) {
      rename(first.path(), temporary);
      rename(second.path(), first.path());
      rename(temporary, second.path());
    }
  }

  void circle() {
    Draft.Place first = draft.place(any -> true);
    if (first == null) {
      return;
    }
    Draft.Place second = draft.place(any -> apart(any, first));
    Draft.Place third =
        draft.place(any -> apart(any, first) && second != null && apart(any, second));
    TreePath temporary = freeOutside(first);
    if (second == null
        || third == null
        || temporary == null
        || temporary.startsWith(second.path())
        || temporary.startsWith(third.path())) {
      return;
    }
    rename(first.path(), temporary);
    rename(second.path(), first.path());
    rename(third.path(), second.path());
    rename(temporary, third.path());
  }

  /** {@code a/b} becomes {@code b/a}, or b takes the place of a. */
  void turnRound() {
    Draft.Place child = draft.place(any -> any.isDirectory() && any.path().names().size() > 1);
    if (child == null) {
      return;
    }
    TreePath parent = child.path().parent();
    TreePath temporary = parent.parent().child(draft.name(parent.parent()));
    boolean taken = draft.place(any -> any.path().equals(temporary)) != null;
    if (taken || !draft.emit(renaming(child.path(), temporary))) {
      return;
    }
    rename(parent, temporary.child(child.path().name()));
    if (draft.oneIn(2)) {
      rename(temporary, parent);
    }
  }

  void exchange() {
    Draft.Place first = draft.place(any -> true);
    Draft.Place second = draft.place(any -> true);
    if (first != null && second != null) {
      draft.emit(new FileOperation.Rename(first.path(), second.path(), RenameMode.EXCHANGE));
      draft.emit(new FileOperation.Rename(first.path(), draft.anyPath(), RenameMode.NO_REPLACE));
    }
  }

  private void rename(TreePath from, TreePath to) {
    draft.emit(renaming(from, to));
  }

  private static FileOperation renaming(TreePath from, TreePath to) {
    return new FileOperation.Rename(from, to, RenameMode.REPLACE);
  }

  private static boolean apart(Draft.Place one, Draft.Place other) {
    return !one.path().startsWith(other.path()) && !other.path().startsWith(one.path());
  }

  private static boolean isIn(Draft.Place place, Draft.Place directory) {
    return place.path().startsWith(directory.path());
  }

  private @Nullable TreePath freeOutside(Draft.Place place) {
    TreePath path = draft.freePath();
    return path == null || path.startsWith(place.path()) ? null : path;
  }

  void makeDirectory() {
    TreePath path = draft.freePath();
    if (path != null) {
      draft.emit(new FileOperation.MakeDirectory(path, directoryMode()));
    }
  }

  void makeDeep() {
    TreePath path = draft.freePath();
    for (int i = 2 + draft.below(4); i > 0 && path != null; i--) {
      draft.emit(new FileOperation.MakeDirectory(path, directoryMode()));
      if (draft.oneIn(3)) {
        data.create(path.child(Name.of("f")));
      }
      path = path.child(draft.name(path));
    }
  }

  void removeDirectory() {
    Draft.Place place = draft.place(any -> any.isDirectory() && any.file().children().isEmpty());
    if (place != null) {
      draft.emit(new FileOperation.RemoveDirectory(place.path()));
    }
  }

  void removeTree() {
    Draft.Place place =
        draft.place(
            any -> any.isDirectory() && draft.places(below -> isIn(below, any)).size() <= MAX_TREE);
    if (place != null) {
      remove(place.path(), place.file());
    }
  }

  void link() {
    Draft.Place place = draft.place(any -> !any.isDirectory());
    TreePath to = draft.freePath();
    if (place != null && to != null) {
      draft.emit(new FileOperation.Link(place.path(), to));
      if (draft.oneIn(5)) {
        draft.emit(new FileOperation.Unlink(place.path()));
      } else if (draft.oneIn(6)) {
        rename(place.path(), to);
      }
    }
  }

  void special() {
    TreePath path = draft.freePath();
    if (path != null) {
      special(path);
    }
  }

  private void special(TreePath path) {
    FileType type = SPECIAL.get(draft.below(SPECIAL.size()));
    boolean isDevice = type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
    long device = isDevice ? draft.oneOf(0x103, 0x105, 0x801) : 0;
    draft.emit(
        new FileOperation.MakeSpecial(path, type, new Mode(draft.oneOf(0644, 0600, 0)), device));
  }

  void symlink() {
    TreePath path = draft.freePath();
    if (path != null) {
      draft.emit(new FileOperation.MakeSymlink(path, draft.anyPath()));
      draft.emit(new FileOperation.ReadSymlink(path));
    }
  }

  void stat() {
    Draft.Place place = draft.place(any -> true);
    draft.emit(new FileOperation.Stat(place == null ? TreePath.ROOT : place.path()));
  }

  void list() {
    draft.emit(new FileOperation.ListDirectory(draft.directory().path()));
  }

  void changeMode() {
    Draft.Place place = draft.place(any -> any.file().type() != FileType.SYMLINK);
    if (place != null) {
      Mode mode =
          place.isDirectory()
              ? directoryMode()
              : new Mode(draft.oneOf(0644, 0600, 0444, 0000, 0755, 04755, 02750, 02644));
      draft.emit(new FileOperation.ChangeMode(place.path(), mode));
    }
  }

  void changeOwner() {
    Draft.Place place = draft.place(any -> true);
    if (place != null) {
      draft.emit(
          new FileOperation.ChangeOwner(
              place.path(), draft.oneOf(-1, 0, 1000, 65534), draft.oneOf(-1, 0, 1000, 100)));
    }
  }

  void xattrs() {
    Draft.Place place = draft.place(any -> true);
    TreePath path = place == null || draft.oneIn(8) ? TreePath.ROOT : place.path();
    String attribute =
        draft.oneOf(
            List.of("user.tag", "user.b", "trusted.c", ModelXattrs.CAPABILITY, AccessLists.ACCESS));
    if (attribute == null) {
      return;
    }
    if (attribute.equals(ModelXattrs.CAPABILITY)) {
      Draft.Place file = draft.place(Draft.Place::isRegular);
      if (file == null) {
        return;
      }
      path = file.path();
    } else if (attribute.equals(AccessLists.ACCESS)) {
      Draft.Place file = draft.place(any -> any.isRegular() || any.isDirectory());
      if (file == null) {
        return;
      }
      path = file.path();
    }
    switch (draft.below(6)) {
      case 0 -> draft.emit(new FileOperation.GetXattr(path, attribute));
      case 1 -> draft.emit(new FileOperation.ListXattrs(path));
      case 2 -> draft.emit(new FileOperation.RemoveXattr(path, attribute));
      default ->
          draft.emit(
              new FileOperation.SetXattr(
                  path, attribute, draft.payload(draft.oneOf(0, 1, 20, 150, 700))));
    }
  }

  void setTimes() {
    Draft.Place place = draft.place(any -> true);
    if (place != null) {
      draft.emit(new FileOperation.SetTimes(place.path(), time(), time()));
    }
  }

  private long time() {
    return switch (draft.below(6)) {
      case 0 -> FileStat.OMIT_TIME;
      case 1 -> 0;
      case 2 -> -1 - draft.below(2_000_000_000);
      case 3 -> draft.below(2_000_000_000) * 1_000_000_000L;
      default -> draft.below(2_000_000_000) * 1_000_000_000L + draft.below(1_000_000_000);
    };
  }

  private Mode directoryMode() {
    int mode = draft.oneOf(0755, 0700, 0777, 0555, 0711, 01755);
    boolean setGroup = draft.profile().limits().setGroupDirectories() && draft.oneIn(3);
    return new Mode(setGroup ? mode | 02000 : mode);
  }

  /** One operation with paths and handles that need not be there. */
  void wild() {
    List<FileOperation> choices = new ArrayList<>();
    TreePath path = draft.anyPath();
    TreePath other = draft.anyPath();
    int flags = draft.oneOf(OpenFlags.READ, OpenFlags.WRITE, OpenFlags.READ | OpenFlags.WRITE);
    flags |=
        draft.oneOf(
            0, OpenFlags.DIRECTORY, OpenFlags.CREATE, OpenFlags.CREATE | OpenFlags.EXCLUSIVE);
    choices.add(
        new FileOperation.Open(draft.freeHandle(), path, new OpenFlags(flags), new Mode(0640)));
    choices.add(new FileOperation.Unlink(path));
    choices.add(new FileOperation.RemoveDirectory(path));
    choices.add(new FileOperation.MakeDirectory(path, new Mode(0750)));
    choices.add(new FileOperation.Rename(path, other, RenameMode.REPLACE));
    choices.add(new FileOperation.Rename(other, path, RenameMode.REPLACE));
    choices.add(new FileOperation.Link(path, other));
    choices.add(new FileOperation.MakeSymlink(path, other));
    choices.add(new FileOperation.ReadSymlink(path));
    choices.add(new FileOperation.MakeSpecial(path, FileType.FIFO, new Mode(0600), 0));
    choices.add(new FileOperation.ListDirectory(path));
    choices.add(new FileOperation.Stat(path));
    choices.add(new FileOperation.ChangeMode(path, new Mode(0600)));
    choices.add(new FileOperation.ChangeOwner(path, 1000, -1));
    choices.add(new FileOperation.SetXattr(path, "user.b", draft.payload(9)));
    choices.add(new FileOperation.RemoveXattr(path, "trusted.c"));
    choices.add(new FileOperation.GetXattr(path, "user.tag"));
    addWildHandle(choices);
    draft.emit(choices.get(draft.below(choices.size())));
  }

  private void addWildHandle(List<FileOperation> choices) {
    int handle = 1 + draft.below(8);
    choices.add(new FileOperation.ReadAt(handle, draft.below(9000), 100));
    choices.add(new FileOperation.WriteAt(handle, draft.below(9000), draft.payload(10)));
    choices.add(new FileOperation.Truncate(handle, draft.below(9000)));
    choices.add(new FileOperation.StatHandle(handle));
    choices.add(new FileOperation.Close(handle));
  }
}
