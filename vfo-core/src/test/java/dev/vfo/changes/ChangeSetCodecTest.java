package dev.vfo.changes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.changes.Extent.Hole;
import dev.vfo.changes.Extent.InMemory;
import dev.vfo.changes.Extent.InSpill;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is encoded comes back, and nothing else comes back. */
class ChangeSetCodecTest {
  private static final int CASES = 300;

  private static MemorySegment encoded(ChangeSet changes) {
    MemorySegment bytes = Arena.ofAuto().allocate(ChangeSetCodec.encodedBytes(changes), 8);
    assertEquals(bytes.byteSize(), ChangeSetCodec.encode(changes, bytes));
    return bytes;
  }

  private static void assertSame(ChangeSet expected, ChangeSet actual) {
    assertEquals(expected.layer(), actual.layer());
    assertEquals(expected.rootNumber(), actual.rootNumber());
    assertEquals(expected.names(), actual.names());
    assertEquals(expected.entries().size(), actual.entries().size());
    for (int i = 0; i < expected.entries().size(); i++) {
      assertSame(expected.entries().get(i), actual.entries().get(i));
    }
  }

  private static void assertSame(EntryChange expected, EntryChange actual) {
    assertEquals(withoutArrays(expected), withoutArrays(actual));
    assertArrayEquals(expected.symlinkTarget(), actual.symlinkTarget());
    Data data = expected.data();
    Data other = actual.data();
    assertEquals(data == null, other == null);
    if (data != null && other != null) {
      assertEquals(data.cutBytes(), other.cutBytes());
      assertEquals(data.sizeBytes(), other.sizeBytes());
      assertEquals(data.extents().size(), other.extents().size());
      for (int i = 0; i < data.extents().size(); i++) {
        assertSame(data.extents().get(i), other.extents().get(i));
      }
    }
  }

  private static void assertSame(Extent expected, Extent actual) {
    assertEquals(expected.offset(), actual.offset());
    if (expected.content() instanceof InSpill(long place, long lengthBytes, int[] checksums)) {
      InSpill other = assertInstanceOf(InSpill.class, actual.content());
      assertEquals(place, other.place());
      assertEquals(lengthBytes, other.lengthBytes());
      assertArrayEquals(checksums, other.checksums());
    } else if (expected.content() instanceof Hole) {
      assertEquals(expected, actual);
    } else {
      assertEquals(-1, data(expected).mismatch(data(actual)));
    }
  }

  private static MemorySegment data(Extent extent) {
    return assertInstanceOf(InMemory.class, extent.content()).data();
  }

  private static EntryChange withoutArrays(EntryChange entry) {
    return new EntryChange(
        entry.number(),
        entry.type(),
        entry.identity(),
        entry.created(),
        entry.before(),
        entry.fate(),
        entry.attributes(),
        null,
        null,
        entry.device());
  }

  @Test
  void comesBackAsItWas() throws Exception {
    for (long seed = 0; seed < CASES; seed++) {
      ChangeSet changes = new RandomChangeSets(seed).next((int) (seed % 40));
      assertSame(changes, ChangeSetCodec.decode(encoded(changes)));
    }
  }

  @Test
  void severalStandBehindEachOther() throws Exception {
    ChangeSet first = new RandomChangeSets(1).next(7);
    ChangeSet second = new RandomChangeSets(2).next(9);
    long length = ChangeSetCodec.encodedBytes(first);
    MemorySegment both = Arena.ofAuto().allocate(length + ChangeSetCodec.encodedBytes(second));
    ChangeSetCodec.encode(first, both);
    ChangeSetCodec.encode(second, both.asSlice(length));
    assertEquals(length, ChangeSetCodec.lengthBytesAt(both));
    assertSame(first, ChangeSetCodec.decode(both.asSlice(0, length)));
    assertSame(second, ChangeSetCodec.decode(both.asSlice(length)));
  }

  @Test
  void contentIsNotCopied() throws Exception {
    MemorySegment bytes = encoded(new RandomChangeSets(17).next(200));
    int extents = 0;
    for (EntryChange entry : ChangeSetCodec.decode(bytes).entries()) {
      Data data = entry.data();
      for (Extent extent : data == null ? List.<Extent>of() : data.extents()) {
        if (!(extent.content() instanceof InMemory)) {
          continue;
        }
        long offset = data(extent).address() - bytes.address();
        assertTrue(offset > 0 && offset < bytes.byteSize());
        assertEquals(0, offset % ChangeSetCodec.ALIGNMENT_BYTES);
        extents++;
      }
    }
    assertTrue(extents > 0);
  }

  @Test
  void changedBytesAreRefusedOrMeanSomethingElse() throws Exception {
    Random random = new Random(3);
    for (long seed = 0; seed < 40; seed++) {
      byte[] bytes =
          encoded(new RandomChangeSets(seed).next((int) (seed % 9))).toArray(ValueLayout.JAVA_BYTE);
      for (int i = 0; i < bytes.length; i++) {
        byte[] changed = bytes.clone();
        changed[i] ^= (byte) (1 << random.nextInt(8));
        assertStrict(changed);
      }
    }
  }

  /**
   * Either they are refused, or they are what the encoder would write for what they are decoded to.
   */
  private static void assertStrict(byte[] bytes) {
    ChangeSet decoded;
    try {
      decoded = ChangeSetCodec.decode(memory(bytes));
    } catch (ChangeSetFormatException e) {
      assertTrue(e.offset() >= 0 && e.offset() <= bytes.length, e.getMessage());
      return;
    }
    assertArrayEquals(bytes, encoded(decoded).toArray(ValueLayout.JAVA_BYTE));
  }

  private static MemorySegment memory(byte[] bytes) {
    MemorySegment memory = Arena.ofAuto().allocate(bytes.length, 8);
    return memory.copyFrom(MemorySegment.ofArray(bytes));
  }

  @Test
  void cutBytesAreRefused() throws Exception {
    byte[] bytes = encoded(new RandomChangeSets(8).next(20)).toArray(ValueLayout.JAVA_BYTE);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(ChangeSetFormatException.class, () -> ChangeSetCodec.decode(memory(cut)));
    }
  }

  @Test
  void nonsenseIsRefused() throws Exception {
    Random random = new Random(5);
    byte[] good = encoded(new RandomChangeSets(11).next(12)).toArray(ValueLayout.JAVA_BYTE);
    for (int i = 0; i < 5000; i++) {
      byte[] bytes = good.clone();
      int from = random.nextInt(bytes.length);
      for (int at = from; at < Math.min(bytes.length, from + 1 + random.nextInt(9)); at++) {
        bytes[at] = (byte) (random.nextBoolean() ? 0xFF : random.nextInt());
      }
      assertStrict(bytes);
    }
  }

  @Test
  void largeOneTakesNoTimeToSpeakOf() throws Exception {
    int count = 100_000;
    List<EntryChange> entries = new ArrayList<>();
    List<NameChange> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(created(Long.MIN_VALUE + i));
      names.add(new NameChange(2, Name.of("file" + i), NameChange.NONE, Long.MIN_VALUE + i));
    }
    entries.add(root());
    ChangeSet changes = new ChangeSet(1, 2, entries, names);
    long start = System.nanoTime();
    assertEquals(names, ChangeSetCodec.decode(encoded(changes)).names());
    assertTrue(System.nanoTime() - start < 10_000_000_000L);
  }

  private static EntryChange root() {
    return new EntryChange(
        2,
        FileType.DIRECTORY,
        new FileIdentity(2, 1),
        false,
        null,
        Fate.ALIVE,
        Attributes.UNCHANGED,
        null,
        null,
        0);
  }

  private static EntryChange created(long number) {
    return new EntryChange(
        number,
        FileType.REGULAR,
        null,
        true,
        null,
        Fate.ALIVE,
        new Attributes(Attributes.ALL, 0644, 3, 4, 5, 6),
        new Data(0, 3, List.of(new Extent(0, memory(new byte[] {'a', 'b', 'c'})))),
        null,
        0);
  }

  private static void assertContradicts(
      String part, List<EntryChange> entries, List<NameChange> names) {
    ChangeSet changes = new ChangeSet(1, 2, entries, names);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> ChangeSetCodec.encodedBytes(changes));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @Test
  void contradictionsAreRefusedBeforeTheyAreWritten() {
    Name name = Name.of("n");
    NameChange named = new NameChange(2, name, NameChange.NONE, -9);
    EntryChange file = created(-9);
    assertContradicts("has no name", List.of(file, root()), List.of());
    assertContradicts("twice", List.of(file, root()), List.of(named, named));
    assertContradicts("not behind", List.of(root(), file), List.of(named));
    assertContradicts("no directory", List.of(file), List.of(named));
    assertContradicts("not there", List.of(file, root()), List.of(new NameChange(2, name, -8, -9)));
    EntryChange gone =
        new EntryChange(
            5,
            FileType.REGULAR,
            null,
            false,
            new Location(2, name),
            Fate.GONE,
            Attributes.UNCHANGED,
            null,
            null,
            0);
    assertContradicts(
        "has no names", List.of(root(), gone), List.of(new NameChange(2, name, 5, 5)));
    assertContradicts("where another", List.of(file, root(), gone), List.of(named));
  }

  private static void assertExtentContradicts(long offset, InSpill spilled) {
    EntryChange file = created(-9);
    EntryChange wrong =
        new EntryChange(
            file.number(),
            file.type(),
            null,
            true,
            null,
            Fate.ALIVE,
            file.attributes(),
            new Data(0, 1 << 20, List.of(new Extent(offset, spilled))),
            null,
            0);
    NameChange named = new NameChange(2, Name.of("n"), NameChange.NONE, -9);
    assertContradicts("of a spill", List.of(wrong, root()), List.of(named));
  }

  @Test
  void spilledExtentsLieAsTheBlocksOfTheFileDo() {
    assertExtentContradicts(0, new InSpill(0, 4096, new int[1]));
    assertExtentContradicts(0, new InSpill(4097, 4095, new int[1]));
    assertExtentContradicts(1, new InSpill(4096, 4095, new int[1]));
    assertExtentContradicts(1, new InSpill(4097, 4096, new int[1]));
    assertExtentContradicts(0, new InSpill(4096, 4096, new int[2]));
    assertExtentContradicts(0, new InSpill(Long.MAX_VALUE - 4095, 4096, new int[1]));
  }

  /** The example of docs/changeset-format.md. */
  @Test
  void example() throws Exception {
    ChangeSet changes =
        new ChangeSet(
            7,
            2,
            List.of(created(Long.MIN_VALUE), root()),
            List.of(new NameChange(2, Name.of("abc"), NameChange.NONE, Long.MIN_VALUE)));
    String hex = HexFormat.of().formatHex(encoded(changes).toArray(ValueLayout.JAVA_BYTE));
    assertEquals(
        "b8000000000000000700000000000000"
            + "02000000000000000200000001000000"
            + "b000000000000000"
            + "000000000000008008000a0f"
            + "a40100000300000004000000"
            + "05000000000000000600000000000000"
            + "00000000000000000300000000000000"
            + "01000000"
            + "00000000000000000300000000000000"
            + "020000000000000004000100"
            + "02000000000000000100000000000000"
            + "02000000000000000000000000000000"
            + "00000000000000800361626300000000"
            + "6162630000000000",
        hex);
  }
}
