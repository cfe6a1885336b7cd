package dev.vfo.changes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vfo.changes.DescriptorTable.Descriptor;
import dev.vfo.changes.DescriptorTable.OpenFile;
import dev.vfo.storage.Name;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Descriptor tables as bytes, alone and in a commit. */
class DescriptorTableCodecTest {
  private static final DescriptorTable TABLE =
      new DescriptorTable(
          List.of(
              new OpenFile(0, List.of(Name.of("d"), Name.of("file")), DescriptorTable.READ, 5),
              new OpenFile(0x8000000000000007L, List.of(), DescriptorTable.WRITE, 1L << 40)),
          List.of(new Descriptor(0, 0), new Descriptor(3, 1), new Descriptor(4, 0)));

  /** Of records that are there already: must never change. */
  private static final String BYTES =
      "02000000"
          + "03000000"
          + "0000000000000000"
          + "0500000000000000"
          + "01000000"
          + "02000000"
          + "0164"
          + "0466696c65"
          + "0700000000000080"
          + "0000000000010000"
          + "02000000"
          + "00000000"
          + "00000000"
          + "00000000"
          + "03000000"
          + "01000000"
          + "04000000"
          + "00000000"
          + "00";

  @Test
  void theBytesAreThoseOfTheDocument() {
    byte[] bytes = DescriptorTableCodec.encode(TABLE);
    assertEquals(BYTES, HexFormat.of().formatHex(bytes));
    assertEquals(TABLE, DescriptorTableCodec.decode(bytes, 0));
  }

  @Test
  void eachByteCounts() {
    byte[] bytes = DescriptorTableCodec.encode(TABLE);
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= (byte) 0x80;
      DescriptorTable found;
      try {
        found = DescriptorTableCodec.decode(changed, 0);
      } catch (ChangeSetFormatException e) {
        continue;
      }
      assertArrayEquals(changed, DescriptorTableCodec.encode(found), "byte " + i);
    }
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(ChangeSetFormatException.class, () -> DescriptorTableCodec.decode(cut, 0));
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 8);
    assertThrows(ChangeSetFormatException.class, () -> DescriptorTableCodec.decode(longer, 0));
  }

  private static void assertRefused(DescriptorTable table) {
    byte[] bytes = DescriptorTableCodec.encode(table);
    assertThrows(ChangeSetFormatException.class, () -> DescriptorTableCodec.decode(bytes, 0));
  }

  private static OpenFile file(int flags, long offsetBytes) {
    return new OpenFile(7, List.of(), flags, offsetBytes);
  }

  @Test
  void whatIsNoTableIsRefused() {
    OpenFile good = file(1, 0);
    Descriptor first = new Descriptor(0, 0);
    assertRefused(DescriptorTable.EMPTY);
    assertRefused(new DescriptorTable(List.of(good), List.of()));
    assertRefused(new DescriptorTable(List.of(good, good), List.of(first)));
    assertRefused(new DescriptorTable(List.of(good), List.of(new Descriptor(0, 1))));
    assertRefused(new DescriptorTable(List.of(good), List.of(new Descriptor(-1, 0))));
    assertRefused(new DescriptorTable(List.of(good), List.of(first, first)));
    assertRefused(new DescriptorTable(List.of(file(4, 0)), List.of(first)));
    assertRefused(new DescriptorTable(List.of(file(9, 0)), List.of(first)));
    assertRefused(new DescriptorTable(List.of(file(1, -1)), List.of(first)));
    assertRefused(new DescriptorTable(List.of(new OpenFile(0, List.of(), 1, 0)), List.of(first)));
    assertRefused(
        new DescriptorTable(List.of(new OpenFile(7, List.of(Name.of("a")), 1, 0)), List.of(first)));
  }

  private static byte[] encode(Commit commit) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate(CommitCodec.encodedBytes(commit), 8);
      CommitCodec.encode(commit, target);
      return target.toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private static Commit decode(byte[] bytes) {
    return CommitCodec.decode(
        MemorySegment.ofBuffer(java.nio.ByteBuffer.allocateDirect(bytes.length).put(bytes).flip()));
  }

  @Test
  void aCommitHasItBehindItsLayersAndOnlyIfSomethingIsOpen() throws Exception {
    StateBytes state = new StateBytes(new byte[] {1, 2}, false, 2, 9, new byte[0]);
    ChangeSet layer = new RandomChangeSets(1).next(7);
    Commit without = new Commit(1, 2, state, List.of(layer));
    Commit with = new Commit(1, 2, state, List.of(layer), TABLE, Verdict.DECIDED);
    byte[] plain = encode(without);
    byte[] bytes = encode(with);
    assertEquals(plain.length + BYTES.length() / 2, bytes.length);
    assertEquals(DescriptorTable.EMPTY, decode(plain).descriptors());
    assertEquals(TABLE, decode(bytes).descriptors());
    assertEquals(1, decode(bytes).layers().size());
    byte[] cut = Arrays.copyOf(bytes, plain.length);
    assertThrows(ChangeSetFormatException.class, () -> decode(cut));
  }
}
