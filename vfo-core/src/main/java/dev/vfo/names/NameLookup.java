package dev.vfo.names;

import dev.vfo.DirectoryItem;
import dev.vfo.overlay.EntryTable;
import dev.vfo.overlay.FileEntry;
import dev.vfo.overlay.HomeKnowledge;
import dev.vfo.overlay.HomeTree;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds what names stand for: in the layers, newest first, then in home. The caller holds the
 * namespace lock.
 */
final class NameLookup {
  private final EntryTable table;
  private final HomeTree home;
  private final HomeKnowledge knowledge;
  private final Name hidden;

  NameLookup(EntryTable table, HomeTree home, HomeKnowledge knowledge, Name hidden) {
    this.table = table;
    this.home = home;
    this.knowledge = knowledge;
    this.hidden = hidden;
  }

  boolean isHidden(FileEntry directory, Name name) {
    return directory == table.root() && name.equals(hidden);
  }

  /** Who has a path in the hidden folder. */
  FileEntry findHidden(List<Name> path) throws StorageException {
    FileEntry at = table.root();
    List<Name> names = new ArrayList<>(List.of(hidden));
    names.addAll(path);
    for (Name name : names) {
      FileStat stat = home.find(at, name);
      if (stat == null) {
        throw new StorageException(Errno.ENOENT, "look up", name.toString());
      }
      at = knowledge.found(stat, at, name);
    }
    return at;
  }

  /** Who has a name in a directory, or null. */
  @Nullable FileEntry find(FileEntry directory, Name name) throws StorageException {
    if (isHidden(directory, name)) {
      return null;
    }
    Optional<Optional<FileEntry>> layered = directory.nameInLayers(name);
    if (layered.isPresent()) {
      return layered.get().orElse(null);
    }
    if (!hasHomeNames(directory)) {
      return null;
    }
    FileStat stat = home.find(directory, name);
    return stat == null ? null : knowledge.found(stat, directory, name);
  }

  private static boolean hasHomeNames(FileEntry directory) {
    return !directory.isMadeInLayers() && !directory.isRemoved();
  }

  /** What a directory holds, home's names first. */
  List<DirectoryItem> list(FileEntry directory) throws StorageException {
    Map<Name, Optional<FileEntry>> layered = directory.namesInLayers();
    List<DirectoryItem> items = new ArrayList<>();
    if (hasHomeNames(directory)) {
      home.list(
          directory,
          (name, inode, type) -> {
            if (!layered.containsKey(name) && !isHidden(directory, name)) {
              FileEntry known = table.ofInode(inode);
              items.add(new DirectoryItem(name, known == null ? inode : known.number(), type));
            }
            return true;
          });
    }
    layered.forEach((name, entry) ->
        entry.ifPresent(there -> items.add(new DirectoryItem(name, there.number(), there.type()))));
    return items;
  }

  /** Whether a directory holds nothing. */
  boolean isEmpty(FileEntry directory) throws StorageException {
    Map<Name, Optional<FileEntry>> layered = directory.namesInLayers();
    if (layered.values().stream().anyMatch(Optional::isPresent)) {
      return false;
    }
    if (!hasHomeNames(directory)) {
      return true;
    }
    boolean[] found = {false};
    home.list(
        directory,
        (name, inode, type) -> {
          found[0] = !layered.containsKey(name) && !isHidden(directory, name);
          return !found[0];
        });
    return !found[0];
  }

  /** Whether a directory is another one or lies below it. */
  static boolean isWithin(FileEntry directory, FileEntry ancestor) {
    FileEntry at = directory;
    while (at != null) {
      if (at == ancestor) {
        return true;
      }
      at = at.parent();
    }
    return false;
  }
}
