package dev.vfo.apply;

import dev.vfo.ForeignChangeException;
import dev.vfo.ForeignChangeException.Conflict;
import dev.vfo.ForeignChangeException.Kind;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts failures into words: which layer, which path in the root. */
final class ApplyErrors {
  private static final String GOES_ON =
      "VFO has overwritten nothing, and goes on when that is done.";

  private final LayerTree tree;

  private boolean isBegun;

  /** A failure of the applied mark, which is not one of the layer. */
  private @Nullable StorageException ofMark;

  ApplyErrors(LayerTree tree) {
    this.tree = tree;
  }

  /** Writes the mark; its failure is told as it is. */
  void write(AppliedMark mark) throws StorageException {
    try {
      mark.write();
    } catch (StorageException e) {
      ofMark = e;
      throw e;
    }
  }

  private boolean isTold(StorageException e) {
    return e == ofMark || e.getCause() instanceof StorageException;
  }

  /** The same failure, told with the layer; one that was told already stays as it is. */
  StorageException told(StorageException e) {
    return isTold(e) ? e : new StorageException("apply layer " + tree.changes.layer(), e);
  }

  /** The same failure, told with layer and path; one that was told already stays as it is. */
  StorageException at(String operation, String path, StorageException e) {
    if (isTold(e)) {
      return e;
    }
    String subject = e.errno() == Errno.OTHER ? path + " [" + e.getMessage() + "]" : path;
    StorageException told =
        new StorageException(
            e.errno(), "apply layer " + tree.changes.layer() + ": " + operation, subject);
    told.initCause(e);
    return told;
  }

  /** From now on there is a plan: the root may be changed, and nobody can win any more. */
  void begin() {
    isBegun = true;
  }

  private String advice(String byHand, String byPolicy) {
    String policy = isBegun ? "" : ", or let 'vfo recover' decide: " + byPolicy;
    return byHand + policy + ". " + GOES_ON;
  }

  ForeignChangeException occupied(Slot slot) {
    return new ForeignChangeException(
        new Conflict(tree.path(slot), slot.before == null ? Kind.TAKEN : Kind.REPLACED),
        "is a file that another program put there after layer "
            + tree.changes.layer()
            + " was committed",
        advice("Move it away", "--ours does it, --theirs leaves it there"));
  }

  ForeignChangeException missing(Entry entry) {
    return new ForeignChangeException(
        new Conflict(tree.path(entry), Kind.MISSING),
        "was moved or removed by another program, and layer "
            + tree.changes.layer()
            + " has still to change it",
        advice("Move it back", "--theirs does without it"));
  }

  ForeignChangeException changed(Entry entry) {
    return new ForeignChangeException(
        new Conflict(tree.path(entry), Kind.CHANGED),
        "was changed by another program after layer "
            + tree.changes.layer()
            + " was committed, which changes it too",
        advice(
            "Make it as it was, with its times",
            "--ours keeps it aside, --theirs leaves it as it is"));
  }

  /** All findings as one. */
  ForeignChangeException all(List<ForeignChangeException> found) {
    if (found.size() == 1) {
      return found.getFirst();
    }
    return new ForeignChangeException(
        found.stream().flatMap(each -> each.conflicts().stream()).distinct().toList(),
        "after layer " + tree.changes.layer() + " was committed",
        advice(
            "Make them as they were", "--ours keeps them aside, --theirs leaves them as they are"));
  }

  ForeignChangeException notEmpty(Slot slot) {
    return new ForeignChangeException(
        new Conflict(tree.path(slot), Kind.NOT_EMPTY),
        "is to be removed by layer "
            + tree.changes.layer()
            + ", but has files in it that another program made",
        advice("Move them away", "--ours does it, --theirs leaves them there"));
  }

  /** The attributes of a name, or null when there is none. */
  static @Nullable FileStat statOrNull(Storage storage, int directory, Name name)
      throws StorageException {
    try {
      return storage.stat(directory, name);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return null;
      }
      throw e;
    }
  }

  /** The identity of a name, or null when there is none. */
  static @Nullable FileIdentity identityOrNull(Storage storage, int directory, Name name)
      throws StorageException {
    FileStat stat = statOrNull(storage, directory, name);
    return stat == null ? null : stat.identity();
  }
}
