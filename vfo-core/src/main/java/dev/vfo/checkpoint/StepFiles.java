package dev.vfo.checkpoint;

import dev.vfo.FailedManagerException;
import dev.vfo.names.Namespace;
import dev.vfo.overlay.EntryTable;
import dev.vfo.overlay.FileAttributes;
import dev.vfo.overlay.FileContent;
import dev.vfo.overlay.FileEntry;
import dev.vfo.overlay.FileXattrs;
import dev.vfo.overlay.Rights;
import dev.vfo.storage.FileSystemStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.util.concurrent.locks.Lock;

/** The files as a step sees them: what the calls of its program work on. Thread safe. */
public final class StepFiles {
  /** A call to the files that may fail because they are closed meanwhile. */
  public interface FileCall<T> {
    /** Does it. */
    T run() throws IOException;
  }

  /** Gives memory and disk space back that layers take which can be applied. */
  interface Relief {
    /** Returns when what can be given back is. */
    void await() throws IOException;
  }

  private static final int EXECUTE = 0111;

  private final EngineParts parts;
  private final Storage storage;
  private final Health health;
  private final Rollbacks rollbacks;
  private final Relief relief;

  StepFiles(EngineParts parts, Storage storage, Health health, Rollbacks rollbacks, Relief relief) {
    this.parts = parts;
    this.storage = storage;
    this.health = health;
    this.rollbacks = rollbacks;
    this.relief = relief;
  }

  /** All entries in memory. */
  public EntryTable table() {
    return parts.table();
  }

  /** The operations on names. */
  public Namespace names() {
    return parts.names();
  }

  /** The operations on content. */
  public FileContent content() {
    return parts.content();
  }

  /** The operations on attributes. */
  public FileAttributes attributes() {
    return parts.attributes();
  }

  /** The operations on extended attributes. */
  public FileXattrs xattrs() {
    return parts.xattrs();
  }

  /** What this process may do with files. */
  public Rights rights() {
    return parts.rights();
  }

  /** Knows the user and group that new files belong to. */
  public Storage storage() {
    return storage;
  }

  /** What rollbacks did to handles. */
  public Rollbacks rollbacks() {
    return rollbacks;
  }

  /** Number of the layer that changes go into now. */
  public long activeLayer() {
    return parts.layers().active().number();
  }

  /**
   * Refuses device nodes when this process may not make any, which is tried out once.
   *
   * @throws StorageException EPERM
   */
  public void requireDevices() throws IOException {
    run(() -> {
      parts.devices().require();
      return parts;
    });
  }

  /**
   * Refuses to write to a program that runs.
   *
   * @throws StorageException ETXTBSY
   */
  public void requireNotRunning(FileEntry entry) throws StorageException {
    // One without a home file may be dropped by a rollback meanwhile, and has no mode then.
    boolean hasHome = entry.type() == FileType.REGULAR && entry.home() != null;
    if (hasHome && (entry.mode() & EXECUTE) != 0) {
      parts.home().requireNotRunning(entry);
    }
  }

  /** Space and limits of the file system that the root is on. */
  public FileSystemStat fileSystem() throws StorageException {
    return parts.home().fileSystem();
  }

  /** Memory of all blocks, bytes. */
  public long memoryBytes() {
    return parts.pool().usedBytes();
  }

  /**
   * Refuses to go on when they are closed or failed (I6).
   *
   * @throws FailedManagerException when they are
   */
  public void requireOpen() throws FailedManagerException {
    health.requireOpen();
  }

  /** Waits until memory and disk space are given back that can be. */
  public void awaitRoom() throws IOException {
    relief.await();
  }

  /**
   * Runs a call to the files. One that fails says what {@link #requireOpen} says, if that is why.
   */
  public <T> T run(FileCall<T> call) throws IOException {
    requireOpen();
    try {
      return call.run();
    } catch (StorageException e) {
      requireOpen();
      if (parts.spills().isDamaged()) {
        FailedManagerException _ = health.stepDamaged(e);
      }
      throw e;
    }
  }

  /**
   * Runs a call that changes something, wholly in one step: no seal and no rollback comes between.
   */
  public <T> T inStep(FileCall<T> call) throws IOException {
    Lock gate = gate();
    gate.lock();
    try {
      return run(call);
    } finally {
      gate.unlock();
    }
  }

  /** Held by all that must happen in one step. */
  public Lock gate() {
    return parts.layers().gate();
  }
}
