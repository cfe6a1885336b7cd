package dev.vfo.parts;

import dev.vfo.CorruptJournalException;
import dev.vfo.Part;
import dev.vfo.journal.RootId;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The parts of a root's states. Saving makes parts durable before the record of their checkpoint is
 * written; what no state names any more is removed when the record is durable that drops it. Parts
 * can be read from any thread; everything else is for one thread at a time.
 */
public final class PartStore implements AutoCloseable {
  private final PackFolder folder;
  private final PartStoreOptions options;
  private final BlockIndex index = new BlockIndex();
  private final Map<Long, Long> ends = new TreeMap<>();
  private final Set<SavedParts> outstanding = new HashSet<>();
  private final List<SavedParts> prepared = new ArrayList<>();
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private SavedParts committed = SavedParts.NONE;
  private BlockWriter.Tail tail = new BlockWriter.Tail(0, 0);
  private boolean closed;

  private PartStore(PackFolder folder, PartStoreOptions options) {
    this.folder = folder;
    this.options = options;
  }

  /**
   * Opens the store of a control folder; changes nothing on the disk.
   *
   * @param manifest what the record of the last checkpoint says; empty when it has no parts
   * @param prepared what the records of prepared ones say, oldest first
   * @throws CorruptJournalException when something of it is missing or changed; content is verified
   *     when it is read
   */
  public static PartStore open(
      Storage storage,
      int controlFd,
      RootId rootId,
      byte[] manifest,
      List<byte[]> prepared,
      PartStoreOptions options)
      throws IOException {
    return open(new PackFolder(storage, controlFd, rootId, true), manifest, prepared, options);
  }

  private static PartStore open(
      PackFolder folder, byte[] manifest, List<byte[]> prepared, PartStoreOptions options)
      throws IOException {
    PartStore store = new PartStore(folder, options);
    boolean opened = false;
    try {
      List<Manifest> all = new ArrayList<>();
      all.add(decode(manifest));
      for (byte[] each : prepared) {
        all.add(decode(each));
      }
      store.load(all);
      opened = true;
      return store;
    } finally {
      if (!opened) {
        store.close();
      }
    }
  }

  /**
   * Reads and verifies all parts of a state; changes nothing, and may run beside a manager.
   *
   * @param manifest what the record of a checkpoint says
   * @throws CorruptJournalException when something is missing or changed, or was removed meanwhile
   *     because a later checkpoint does not need it
   */
  public static void verify(Storage storage, int controlFd, RootId rootId, byte[] manifest)
      throws IOException {
    PartStoreOptions options = PartStoreOptions.ofPackBytes(0);
    PackFolder folder = new PackFolder(storage, controlFd, rootId, false);
    try (PartStore store = open(folder, manifest, List.of(), options);
        Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(PackFormat.BLOCK_BYTES);
      for (BlockHash hash : store.committed.blocks()) {
        store.readBlock(hash, block);
      }
    }
  }

  private static Manifest decode(byte[] bytes) throws CorruptJournalException {
    try {
      return ManifestCodec.decode(bytes);
    } catch (IllegalArgumentException e) {
      throw new CorruptJournalException("journal", 0, String.valueOf(e.getMessage()));
    }
  }

  private void load(List<Manifest> manifests) throws IOException {
    // A pack only grows: the longest one that is named has all.
    for (Manifest manifest : manifests) {
      manifest.packs().forEach((pack, end) -> ends.merge(pack, end, Math::max));
    }
    for (Map.Entry<Long, Long> pack : ends.entrySet()) {
      scan(folder.open(pack.getKey()), pack.getValue());
      tail = new BlockWriter.Tail(pack.getKey(), pack.getValue());
    }
    committed = saved(manifests.getFirst());
    for (Manifest manifest : manifests.subList(1, manifests.size())) {
      SavedParts saved = saved(manifest);
      prepared.add(saved);
      outstanding.add(saved);
    }
  }

  private SavedParts saved(Manifest manifest) throws IOException {
    Set<BlockHash> blocks = new HashSet<>();
    for (PartRoot root : manifest.parts().values()) {
      new TreeReader(root, this::readBlock).forEachBlock(blocks::add);
    }
    for (BlockHash block : blocks) {
      if (index.find(block) == null) {
        throw new CorruptJournalException("parts", 0, "a block of the last state is missing");
      }
    }
    return new SavedParts(manifest, blocks);
  }

  private void scan(Pack pack, long endOffset) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment head = arena.allocate(PackFormat.BLOCK_BYTES);
      long at = PackFormat.BLOCK_BYTES;
      while (at < endOffset) {
        pack.read(head, at);
        for (BlockHash hash : PackFormat.decodeGroup(folder.rootId(), pack.number(), at, head)) {
          at += PackFormat.BLOCK_BYTES;
          index.put(hash, new Location(pack.number(), at));
        }
        at += PackFormat.BLOCK_BYTES;
      }
      if (at > endOffset) {
        throw new CorruptJournalException(
            PackFolder.path(pack.number()), endOffset, "the last group is longer than it was");
      }
    }
  }

  /** The parts of the checkpoints that were prepared when it was opened, oldest first. */
  public List<SavedParts> prepared() {
    return List.copyOf(prepared);
  }

  /** The parts of the last checkpoint, by name. */
  public Map<String, Part> parts() {
    return parts(committed);
  }

  /** Parts that were saved, by name. */
  public Map<String, Part> parts(SavedParts saved) {
    Map<String, Part> parts = new TreeMap<>();
    saved
        .manifest()
        .parts()
        .forEach((name, root) -> parts.put(name, new StoredPart(root, this::readBlock)));
    return parts;
  }

  /**
   * Stores parts; they are durable when this returns. After an error all is as it was.
   *
   * @throws StorageException also for want of space
   */
  public SavedParts save(Map<String, Part> parts) throws IOException {
    if (parts.isEmpty()) {
      return SavedParts.NONE;
    }
    try (BlockWriter writer = new BlockWriter(folder, index, tail, options.maxPackBytes())) {
      Map<String, PartRoot> roots = new TreeMap<>();
      for (Map.Entry<String, Part> part : parts.entrySet()) {
        roots.put(part.getKey(), save(part.getValue(), writer));
      }
      new Compaction(index, writer, this::readBlock).run(tail.pack(), options.slackBlocks());
      BlockWriter.Tail end = writer.finish();
      adopt(writer, end);
      SavedParts saved = new SavedParts(Manifest.of(roots, packsOf(writer.used())), writer.used());
      outstanding.add(saved);
      return saved;
    }
  }

  private PartRoot save(Part part, BlockWriter writer) throws IOException {
    if (part instanceof StoredPart stored
        && committed.manifest().parts().containsValue(stored.root())) {
      new TreeReader(stored.root(), this::readBlock).forEachBlock(writer::use);
      return stored.root();
    }
    return TreeWriter.write(part, writer);
  }

  private void adopt(BlockWriter writer, BlockWriter.Tail end) {
    lock.writeLock().lock();
    try {
      writer.written().forEach(index::put);
    } finally {
      lock.writeLock().unlock();
    }
    ends.putAll(writer.ends());
    tail = end;
  }

  private Map<Long, Long> packsOf(Set<BlockHash> blocks) {
    Map<Long, Long> packs = new TreeMap<>();
    for (BlockHash block : blocks) {
      Location place = index.find(block);
      if (place == null) {
        throw new IllegalStateException("a block that was just stored is not there");
      }
      packs.computeIfAbsent(place.pack(), ends::get);
    }
    return packs;
  }

  /** The record of a checkpoint with these parts is durable; nothing is done on the disk. */
  public void committed(SavedParts parts) {
    outstanding.remove(parts);
    committed = parts;
  }

  /** No checkpoint will have these parts. */
  public void dropped(SavedParts parts) {
    outstanding.remove(parts);
  }

  /** Removes the packs that neither the last checkpoint nor one that is being made has use for. */
  public void removeUnused() throws StorageException {
    List<Long> unused = new ArrayList<>(ends.keySet());
    unused.removeAll(packsOf(committed));
    for (SavedParts other : outstanding) {
      unused.removeAll(packsOf(other));
    }
    unused.remove(tail.pack());
    for (long pack : unused) {
      remove(pack);
    }
  }

  // Those that its record names, and those that its blocks are read from: a later save, which may
  // not be committed, can have moved them.
  private Set<Long> packsOf(SavedParts saved) {
    Set<Long> packs = new HashSet<>(saved.manifest().packs().keySet());
    packs.addAll(packsOf(saved.blocks()).keySet());
    return packs;
  }

  private void remove(long pack) throws StorageException {
    lock.writeLock().lock();
    try {
      index.removePack(pack);
      ends.remove(pack);
      folder.remove(pack);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Removes the packs that the last checkpoint does not name; for the start. */
  public void removeUnnamed() throws StorageException {
    for (long pack : folder.numbers()) {
      if (!ends.containsKey(pack)) {
        folder.remove(pack);
      }
    }
  }

  /** How long the packs are, bytes. */
  public long bytesOnDisk() {
    return ends.values().stream().mapToLong(Long::longValue).sum();
  }

  private void readBlock(BlockHash hash, MemorySegment block) throws IOException {
    lock.readLock().lock();
    try {
      Location place = closed ? null : index.find(hash);
      Pack pack = place == null ? null : folder.get(place.pack());
      if (place == null || pack == null) {
        throw new IOException(
            "a part of this state is kept no longer: a later checkpoint has another state, or the"
                + " manager is closed");
      }
      pack.read(block, place.offset());
      if (!new BlockHasher().hash(block).equals(hash)) {
        throw new CorruptJournalException(
            PackFolder.path(place.pack()), place.offset(), "a block of a state has changed");
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() throws StorageException {
    lock.writeLock().lock();
    try {
      closed = true;
      folder.close();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
