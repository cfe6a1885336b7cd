package dev.vfo.checkpoint;

import dev.vfo.changes.DescriptorTable;
import dev.vfo.overlay.FileEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;

/**
 * The descriptor tables that a program can come back to or that are on their way into a record:
 * that of the last checkpoint, and those of the sealed layers. Their entries stay pinned, and so in
 * memory and, if they have no name, among the orphans, until a later table is durable. Thread safe.
 */
final class TableHistory {
  private final EngineParts parts;
  private final NavigableMap<Long, OpenTable> sealed = new TreeMap<>();
  private volatile DescriptorSource source = DescriptorSource.none();
  private OpenTable committed;
  private DescriptorTable inRecord;

  /**
   * @param committed what was loaded for the last checkpoint
   * @param inRecord the same as its record has it
   */
  TableHistory(EngineParts parts, OpenTable committed, DescriptorTable inRecord) {
    this.parts = parts;
    this.committed = committed;
    this.inRecord = inRecord;
  }

  /**
   * Takes the program's descriptors over, which begin as the last checkpoint had them, or the
   * newest prepared one.
   */
  void attach(DescriptorSource descriptors) throws IOException {
    Lock lock = descriptors.lock();
    lock.lock();
    try {
      descriptors.restore(newest());
      source = descriptors;
    } finally {
      lock.unlock();
    }
  }

  private synchronized OpenTable newest() {
    return sealed.isEmpty() ? committed : sealed.lastEntry().getValue();
  }

  /** Takes note of what was loaded for a prepared layer. */
  synchronized void prepared(long layer, OpenTable table) {
    sealed.put(layer, table);
  }

  /** Held while descriptors must stay as they are; behind the commit lock, before the gate. */
  Lock lock() {
    return source.lock();
  }

  /** Seals the active layer, whose table is that of this instant; returns its number. */
  long seal() {
    Lock lock = lock();
    lock.lock();
    try {
      OpenTable table = source.snapshot();
      long layer = parts.layers().seal().number();
      synchronized (this) {
        sealed.put(layer, table);
      }
      return layer;
    } finally {
      lock.unlock();
    }
  }

  /** The table of a sealed layer as its record will have it. */
  DescriptorTable of(long layer) {
    OpenTable table;
    synchronized (this) {
      table = sealed.getOrDefault(layer, OpenTable.EMPTY);
    }
    Lock names = parts.names().lock().readLock();
    names.lock();
    try {
      return table.toRecord(layer);
    } finally {
      names.unlock();
    }
  }

  /** Whether the table of a sealed layer is that of the last checkpoint. */
  boolean isUnchanged(long layer) {
    DescriptorTable table = of(layer);
    synchronized (this) {
      return table.equals(inRecord);
    }
  }

  /** Forgets the tables of sealed layers up to and with a number. */
  void forget(long layer) {
    release(takeUpTo(layer));
  }

  /**
   * Takes note that a sealed layer is durable, with all before it.
   *
   * @param table its table, as the record has it
   */
  void committed(long layer, DescriptorTable table) {
    List<OpenTable> older = new ArrayList<>();
    synchronized (this) {
      older.add(committed);
      committed = sealed.getOrDefault(layer, OpenTable.EMPTY);
      sealed.remove(layer);
      inRecord = table;
    }
    release(older);
    forget(layer);
  }

  private synchronized List<OpenTable> takeUpTo(long layer) {
    Map<Long, OpenTable> older = sealed.headMap(layer, true);
    List<OpenTable> taken = new ArrayList<>(older.values());
    older.clear();
    return taken;
  }

  /**
   * Forgets the layers above one, which were dropped, and gives the program the descriptors that it
   * had at its end. The caller holds {@link #lock}.
   */
  void rolledBack(long keptLayer) throws IOException {
    List<OpenTable> dropped;
    synchronized (this) {
      Map<Long, OpenTable> younger = sealed.tailMap(keptLayer, false);
      dropped = new ArrayList<>(younger.values());
      younger.clear();
    }
    source.restore(newest());
    release(dropped);
  }

  private void release(List<OpenTable> tables) {
    for (OpenTable table : tables) {
      for (OpenTable.File file : table.files()) {
        FileEntry entry = file.entry();
        if (entry != null) {
          entry.unpin(1);
          parts.names().release(entry);
        }
      }
    }
  }
}
