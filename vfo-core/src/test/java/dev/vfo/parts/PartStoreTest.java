package dev.vfo.parts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.CorruptJournalException;
import dev.vfo.Part;
import dev.vfo.journal.RootId;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.Fault;
import dev.vfo.testkit.SimulatedStorage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The part store alone, on a simulated disk. */
class PartStoreTest {
  private static final int BLOCK = PartTree.BLOCK_BYTES;
  private static final RootId ID = new RootId(1, 2);
  private static final Name FOLDER = Name.of("parts");
  private static final PartStoreOptions SMALL = new PartStoreOptions(16L * BLOCK, 8);

  private final SimulatedStorage storage = new SimulatedStorage();
  private final Random random = new Random(5);
  private int control;

  @BeforeEach
  void open() throws IOException {
    control = storage.openRoot(Path.of("/"));
  }

  private PartStore store(byte[] manifest) throws IOException {
    return PartStore.open(storage, control, ID, manifest, List.of(), SMALL);
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] read(Part part) throws IOException {
    byte[] bytes = new byte[(int) part.sizeBytes()];
    part.read(0, MemorySegment.ofArray(bytes));
    return bytes;
  }

  private static Part only(PartStore store) {
    return store.parts().values().iterator().next();
  }

  private static SavedParts commit(PartStore store, byte[] content) throws IOException {
    SavedParts saved = store.save(Map.of("part", Part.of(content)));
    store.committed(saved);
    store.removeUnused();
    return saved;
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 4095, 4096, 4097, 127 * 4096, 128 * 4096, 128 * 4096 + 1, 128 * 128 * 4096 + 5})
  void contentComesBack(int length) throws Exception {
    byte[] content = bytes(length);
    byte[] manifest;
    try (PartStore store = store(new byte[0])) {
      manifest = commit(store, content).manifestBytes();
      assertArrayEquals(content, read(only(store)));
    }
    try (PartStore store = store(manifest)) {
      store.removeUnnamed();
      Part part = only(store);
      assertArrayEquals(content, read(part));
      if (length > 10) {
        byte[] middle = new byte[7];
        part.read(length / 2, MemorySegment.ofArray(middle));
        for (int i = 0; i < middle.length; i++) {
          assertEquals(content[length / 2 + i], middle[i]);
        }
      }
      byte[] tooMany = new byte[length + 1];
      assertThrows(
          IndexOutOfBoundsException.class, () -> part.read(0, MemorySegment.ofArray(tooMany)));
    }
  }

  @Test
  void whatIsThereIsNotWrittenAgain() throws Exception {
    byte[] content = bytes(1000 * BLOCK);
    try (PartStore store = store(new byte[0])) {
      commit(store, content);
      long before = store.bytesOnDisk();
      content[500 * BLOCK + 3]++;
      commit(store, content);
      long grown = store.bytesOnDisk() - before;
      // The block, two levels of hashes above it, and a head or two.
      assertTrue(grown > 0 && grown <= 6 * BLOCK, "grown by " + grown);
      assertArrayEquals(content, read(only(store)));
    }
  }

  @Test
  void thePartsOfTheLastStateCanBePartsOfTheNext() throws Exception {
    byte[] content = bytes(300 * BLOCK);
    try (PartStore store = store(new byte[0])) {
      commit(store, content);
      long before = store.bytesOnDisk();
      SavedParts saved =
          store.save(Map.of("again", only(store), "other", Part.of(new byte[] {1, 2})));
      store.committed(saved);
      store.removeUnused();
      assertTrue(store.bytesOnDisk() <= before + 3 * BLOCK);
      assertArrayEquals(content, read(only(store)));
    }
  }

  /** Each pack gets one block that lives long, and many that do not. */
  @Test
  void theStoreIsBounded() throws Exception {
    byte[] content = bytes(100 * BLOCK);
    long used = 100 + 1;
    // Twice what is used, the slack, the pack being written and one that is not full; and a head
    // for seven blocks at the worst.
    long most = (2 * used + 8 + 2 * 16) * 8 / 7 * BLOCK;
    try (PartStore store = store(new byte[0])) {
      for (int i = 0; i < 200; i++) {
        content[i % 50 * BLOCK]++;
        for (int j = 50; j < 100; j++) {
          content[j * BLOCK + 1 + i / 256]++;
        }
        commit(store, content);
        assertTrue(store.bytesOnDisk() <= most, store.bytesOnDisk() + " bytes, step " + i);
        assertArrayEquals(content, read(only(store)));
      }
    }
  }

  /** A save may move blocks that the last state has too; its record says where they were. */
  @Test
  void whatTheLastRecordNamesStaysUntilTheNextOneIsDurable() throws Exception {
    byte[] content = bytes(100 * BLOCK);
    try (PartStore store = store(new byte[0])) {
      byte[] manifest = commit(store, content).manifestBytes();
      for (int i = 0; i < 200; i++) {
        byte[] last = content.clone();
        for (int j = 0; j < 10; j++) {
          content[random.nextInt(100) * BLOCK]++;
        }
        SavedParts saved = store.save(Map.of("part", Part.of(content)));
        store.removeUnused();
        try (PartStore again = store(manifest)) {
          assertArrayEquals(last, read(only(again)));
        }
        assertArrayEquals(last, read(only(store)));
        if (i % 3 == 0) {
          store.dropped(saved);
          content = last;
        } else {
          store.committed(saved);
          manifest = saved.manifestBytes();
        }
        store.removeUnused();
        assertArrayEquals(content, read(only(store)));
      }
    }
  }

  @Test
  void whatIsPreparedStaysUntilItIsDecided() throws Exception {
    byte[] first = bytes(50 * BLOCK);
    byte[] second = bytes(50 * BLOCK);
    byte[] committed;
    byte[] prepared;
    try (PartStore store = store(new byte[0])) {
      committed = commit(store, first).manifestBytes();
      prepared = store.save(Map.of("part", Part.of(second))).manifestBytes();
    }
    try (PartStore store =
        PartStore.open(storage, control, ID, committed, List.of(prepared), SMALL)) {
      store.removeUnnamed();
      store.removeUnused();
      assertArrayEquals(first, read(only(store)));
      SavedParts saved = store.prepared().getFirst();
      assertArrayEquals(second, read(store.parts(saved).values().iterator().next()));
      store.committed(saved);
      store.removeUnused();
      assertArrayEquals(second, read(only(store)));
    }
    try (PartStore store = store(prepared)) {
      assertArrayEquals(second, read(only(store)));
    }
  }

  @Test
  void whatIsKeptNoLongerSaysSo() throws Exception {
    try (PartStore store = store(new byte[0])) {
      commit(store, bytes(64 * BLOCK));
      Part old = only(store);
      commit(store, bytes(64 * BLOCK));
      IOException gone = assertThrows(IOException.class, () -> read(old));
      assertTrue(String.valueOf(gone.getMessage()).contains("no longer"), gone::toString);
    }
  }

  @Test
  void aSaveThatIsNotCommittedCostsNothingInTheEnd() throws Exception {
    byte[] first = bytes(64 * BLOCK);
    try (PartStore store = store(new byte[0])) {
      commit(store, first);
      SavedParts dropped = store.save(Map.of("x", Part.of(bytes(200 * BLOCK))));
      assertArrayEquals(first, read(only(store)));
      store.dropped(dropped);
      store.removeUnused();
      assertTrue(store.bytesOnDisk() <= (64 + 4 * 16) * 2 * BLOCK);
      assertArrayEquals(first, read(only(store)));
    }
  }

  /** Want of space, or a failed sync, at any call: the last state stays, and saving works again. */
  @Test
  void aFailedSaveLeavesAllAsItWas() throws Exception {
    byte[] first = bytes(40 * BLOCK);
    byte[] second = bytes(40 * BLOCK);
    byte[] manifest;
    try (PartStore store = store(new byte[0])) {
      manifest = commit(store, first).manifestBytes();
    }
    for (int call = 1; call < 100; call++) {
      storage.faults().add(Fault.error(call % 2 == 0 ? Errno.ENOSPC : Errno.EIO).atCall(call));
      try (PartStore store = store(manifest)) {
        try {
          store.dropped(store.save(Map.of("part", Part.of(second))));
        } catch (StorageException _) {
          assertArrayEquals(first, read(only(store)));
        }
        storage.faults().clear();
        manifest = commit(store, second).manifestBytes();
        assertArrayEquals(second, read(only(store)));
        byte[] third = first;
        first = second;
        second = third;
      } catch (StorageException _) {
        // At open.
        storage.faults().clear();
      }
    }
  }

  @Test
  void aMissingPackIsNamed() throws Exception {
    byte[] manifest;
    try (PartStore store = store(new byte[0])) {
      manifest = commit(store, bytes(64 * BLOCK)).manifestBytes();
    }
    int folder = storage.open(control, FOLDER, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
    storage.unlink(folder, Name.of("0000000002.pack"));
    CorruptJournalException missing =
        assertThrows(CorruptJournalException.class, () -> store(manifest));
    assertEquals("parts/0000000002.pack", missing.file());
  }

  /** A byte anywhere in the packs: an error, or the right content; never another one. */
  @Test
  void everyFlippedByteIsFound() throws Exception {
    byte[] content = bytes(20 * BLOCK);
    byte[] manifest;
    try (PartStore store = store(new byte[0])) {
      manifest = commit(store, content).manifestBytes();
    }
    int folder = storage.open(control, FOLDER, OpenFlag.READ | OpenFlag.DIRECTORY, 0);
    int found = 0;
    List<Name> packs = new ArrayList<>();
    storage.list(folder, (name, inode, type) -> packs.add(name));
    for (Name pack : packs) {
      int fd = storage.open(folder, pack, OpenFlag.READ | OpenFlag.WRITE, 0);
      long size = storage.stat(fd).sizeBytes();
      for (long at = random.nextInt(50); at < size; at += 97) {
        flip(fd, at);
        found += isFound(manifest, content) ? 1 : 0;
        flip(fd, at);
      }
      storage.close(fd);
    }
    assertTrue(found > 800, "found " + found);
  }

  private boolean isFound(byte[] manifest, byte[] content) throws IOException {
    try (PartStore store = store(manifest)) {
      assertArrayEquals(content, read(only(store)));
      PartStore.verify(storage, control, ID, manifest);
      return false;
    } catch (CorruptJournalException e) {
      assertTrue(e.file().startsWith("parts/"), e::getMessage);
      assertThrows(
          CorruptJournalException.class, () -> PartStore.verify(storage, control, ID, manifest));
      return true;
    }
  }

  private void flip(int fd, long at) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(1);
      storage.read(fd, one, at);
      one.set(ValueLayout.JAVA_BYTE, 0, (byte) (one.get(ValueLayout.JAVA_BYTE, 0) ^ 0x10));
      storage.write(fd, one, at);
    }
  }

  @Test
  void everyCutOfAManifestIsFound() throws Exception {
    byte[] manifest;
    try (PartStore store = store(new byte[0])) {
      manifest = commit(store, bytes(20 * BLOCK)).manifestBytes();
    }
    assertArrayEquals(manifest, ManifestCodec.encode(ManifestCodec.decode(manifest)));
    for (int i = 0; i < manifest.length; i++) {
      byte[] cut = Arrays.copyOf(manifest, i);
      if (i > 0) {
        assertThrows(IllegalArgumentException.class, () -> ManifestCodec.decode(cut));
      }
    }
  }
}
