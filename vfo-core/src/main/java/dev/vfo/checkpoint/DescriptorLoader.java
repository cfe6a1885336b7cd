package dev.vfo.checkpoint;

import dev.vfo.CorruptJournalException;
import dev.vfo.apply.LostNames;
import dev.vfo.changes.DescriptorTable;
import dev.vfo.names.Namespace;
import dev.vfo.overlay.FileEntry;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files again that a program had open at the last checkpoint: by their paths, which lead
 * to the same files in the same tree, or among the orphans. To be used at open, when the overlay
 * shows the last checkpoint and nobody uses it yet.
 */
final class DescriptorLoader {
  /** What shows that somebody else has taken the file away. */
  private static final Set<Errno> ELSEWHERE =
      Set.of(Errno.ENOENT, Errno.ENOTDIR, Errno.ESTALE, Errno.EACCES);

  private final EngineParts parts;
  private final LostNames lost;

  /**
   * @param lost names that lead to other programs' files
   */
  DescriptorLoader(EngineParts parts, LostNames lost) {
    this.parts = parts;
    this.lost = lost;
  }

  /**
   * Finds them.
   *
   * @throws CorruptJournalException when an orphan is missing (R57)
   */
  OpenTable load(DescriptorTable table) throws IOException {
    @Nullable FileEntry[] entries = new FileEntry[table.files().size()];
    // First: they have their old numbers, which nothing else may get.
    for (int i = 0; i < entries.length; i++) {
      DescriptorTable.OpenFile file = table.files().get(i);
      if (file.isOrphan()) {
        entries[i] = orphan(file.number());
      }
    }
    List<OpenTable.File> files = new ArrayList<>();
    for (int i = 0; i < entries.length; i++) {
      DescriptorTable.OpenFile file = table.files().get(i);
      files.add(file.isOrphan() ? new OpenTable.File(entries[i], file) : named(file));
    }
    return new OpenTable(files, table.descriptors());
  }

  private OpenTable.File named(DescriptorTable.OpenFile file) throws IOException {
    if (!lost.isEmpty() && isLost(file.path())) {
      // In later records it is an orphan that is not there: it must not be found by its path again.
      long number = parts.table().newNumber();
      parts.markLostOrphan(number);
      return new OpenTable.File(
          null, new DescriptorTable.OpenFile(number, List.of(), file.flags(), file.offsetBytes()));
    }
    return new OpenTable.File(find(file.path()), file);
  }

  /** An orphan, pinned; null when another program took it away before it became one (R64). */
  private @Nullable FileEntry orphan(long number) throws IOException {
    // A layer that is not applied, or another descriptor, can speak of it.
    FileEntry known = parts.table().get(number);
    if (known == null) {
      try {
        FileStat stat = parts.statOrphan(number);
        if (stat.type() == FileType.SYMLINK) {
          // A later orphan must not be taken for it.
          parts.table().reserve(number);
          return null;
        }
        known = parts.table().restoreOrphan(number, stat);
      } catch (StorageException e) {
        if (e.errno() != Errno.ENOENT) {
          throw e;
        }
        throw new CorruptJournalException(
            "stage/orphans", 0, "entry " + number + " is missing, which a program has open");
      }
    }
    known.pin();
    return known;
  }

  /** Whether a path leads to or through what is another program's now. */
  private boolean isLost(List<Name> path) throws IOException {
    boolean[] isLost = {false};
    FileEntry found =
        walk(
            path,
            (directory, name, entry) -> {
              FileIdentity at = directory.home();
              FileIdentity home = entry.home();
              isLost[0] |= at != null && home != null && lost.isLost(at, name, home);
            });
    if (found != null) {
      found.unpin(1);
    }
    return isLost[0];
  }

  /** The regular file at a path, pinned, or null. */
  private @Nullable FileEntry find(List<Name> path) throws IOException {
    FileEntry found = walk(path, (directory, name, entry) -> {});
    if (found != null && found.type() != FileType.REGULAR) {
      found.unpin(1);
      return null;
    }
    return found;
  }

  private interface Visitor {
    void visit(FileEntry directory, Name name, FileEntry entry);
  }

  /** What is at a path, pinned, or null. */
  private @Nullable FileEntry walk(List<Name> path, Visitor visitor) throws IOException {
    Namespace names = parts.names();
    FileEntry at = parts.table().root();
    at.pin();
    for (Name name : path) {
      FileEntry next;
      try {
        next = names.lookup(at, name);
        visitor.visit(at, name, next);
      } catch (StorageException e) {
        if (!ELSEWHERE.contains(e.errno())) {
          throw e;
        }
        return null;
      } finally {
        at.unpin(1);
      }
      at = next;
    }
    return at;
  }
}
