package dev.vfo.testkit.harness;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.history.HistoryClock;
import dev.vfo.testkit.model.FileModel;
import dev.vfo.testkit.model.TreeCalls;
import dev.vfo.testkit.model.TreeStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An engine that is right and slow: all files are in memory, a checkpoint is a copy of the whole
 * tree in one file, decided by one rename and a sync of its directory; to apply is to remove the
 * whole tree and to make it again.
 */
class ToySubject extends ForwardingSubject {
  private static final Name FOLDER = Name.of(".vfo");
  private static final Name IMAGE = Name.of("image");
  private static final Name NEW_IMAGE = Name.of("image.new");

  private record Sealed(int slot, FileModel tree) {}

  private final Storage storage;
  private final TreeStore store;
  private final int root;
  private int folder;
  private final List<Sealed> sealed = new ArrayList<>();
  private FileModel files;
  private FileModel lastTree;
  private @Nullable LastCheckpoint last;
  private boolean isApplied;
  private boolean hasFailed;

  /** Opens a root. */
  ToySubject(Storage storage, Path path, HistoryClock clock) throws IOException {
    this.storage = storage;
    store = new TreeStore(storage);
    root = storage.openRoot(path);
    int opened = -1;
    try {
      opened = openFolder();
      folder = opened;
      lastTree = load(clock);
      files = lastTree.copy();
    } catch (IOException e) {
      if (opened >= 0) {
        storage.close(opened);
      }
      storage.close(root);
      throw e;
    }
  }

  private int openFolder() throws StorageException {
    try {
      storage.makeDirectory(root, FOLDER, 0700);
    } catch (StorageException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    }
    storage.sync(root);
    return storage.open(root, FOLDER, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
  }

  private FileModel load(HistoryClock clock) throws IOException {
    byte[] image = readImage();
    if (image == null) {
      isApplied = true;
      return store.load(root, clock);
    }
    // A process that was killed may have left it un-synced; it must not be lost once it was told.
    storage.syncFileSystem(root);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(image));
    long number = in.readLong();
    last = new LastCheckpoint(number, in.readNBytes(in.readInt()));
    return store.decode(in.readAllBytes(), clock);
  }

  private byte @Nullable [] readImage() throws StorageException {
    int fd;
    try {
      fd = storage.open(folder, IMAGE, OpenFlag.READ, 0);
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
      return null;
    }
    try {
      return store.readAll(fd);
    } finally {
      storage.close(fd);
    }
  }

  @Override
  TreeCalls files() {
    return files;
  }

  @Override
  public @Nullable LastCheckpoint lastCheckpoint() {
    return last;
  }

  @Override
  public long checkpoint(byte[] state) throws IOException {
    FileModel tree = files.copy();
    long number = decide(tree, state);
    sealed.clear();
    lastTree = tree;
    return number;
  }

  @Override
  public void seal(int slot) {
    sealed.add(new Sealed(slot, files.copy()));
  }

  @Override
  public long commit(int slot, byte[] state) throws IOException {
    int index = sealed.stream().map(Sealed::slot).toList().indexOf(slot);
    FileModel tree = sealed.get(index).tree();
    long number = decide(tree, state);
    sealed.subList(0, index + 1).clear();
    lastTree = tree;
    return number;
  }

  private long decide(FileModel tree, byte[] state) throws IOException {
    LastCheckpoint before = last;
    if (hasFailed) {
      throw new IOException("failed before");
    }
    if (before != null && Arrays.equals(state, before.state()) && tree.hasSameTree(lastTree)) {
      return before.number();
    }
    LastCheckpoint next = new LastCheckpoint(before == null ? 1 : before.number() + 1, state);
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(image);
    out.writeLong(next.number());
    out.writeInt(state.length);
    out.write(state);
    out.write(TreeStore.encode(tree));
    writeImage(image.toByteArray());
    last = next;
    isApplied = false;
    return next.number();
  }

  private void writeImage(byte[] image) throws StorageException {
    int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.TRUNCATE;
    int fd = storage.open(folder, NEW_IMAGE, flags, 0600);
    try {
      store.writeAll(fd, image);
      storage.sync(fd);
    } finally {
      storage.close(fd);
    }
    try {
      storage.rename(folder, NEW_IMAGE, folder, IMAGE, RenameMode.REPLACE);
      storage.sync(folder);
    } catch (StorageException e) {
      hasFailed = true;
      throw e;
    }
  }

  @Override
  public void rollback() throws IOException {
    if (hasFailed) {
      throw new IOException("failed before");
    }
    files = lastTree.restoredFrom(files);
    sealed.clear();
  }

  @Override
  public boolean runBackground() throws IOException {
    boolean pending = !isApplied;
    awaitApplied();
    return pending;
  }

  @Override
  public void awaitApplied() throws IOException {
    if (!isApplied) {
      store.replace(root, lastTree);
      storage.syncFileSystem(root);
      isApplied = true;
    }
  }

  @Override
  public boolean hasFailed() {
    return hasFailed;
  }

  @Override
  public void close() throws IOException {
    try {
      awaitApplied();
    } finally {
      storage.close(folder);
      storage.close(root);
    }
  }

  @Override
  public void abandon() {}
}
