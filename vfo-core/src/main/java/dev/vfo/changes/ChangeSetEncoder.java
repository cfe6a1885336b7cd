package dev.vfo.changes;

import static dev.vfo.changes.ChangeSetCodec.INT;
import static dev.vfo.changes.ChangeSetCodec.LONG;

import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.Extent.Hole;
import dev.vfo.changes.Extent.InMemory;
import dev.vfo.changes.Extent.InSpill;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.XattrNames;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes one change set. */
final class ChangeSetEncoder {
  private final ChangeSet changes;
  private final long dataAt;
  private final long lengthBytes;
  private MemorySegment target = MemorySegment.NULL;
  private long position;

  ChangeSetEncoder(ChangeSet changes) {
    String problem = ChangeSetRules.problemOf(changes);
    if (problem != null) {
      throw new IllegalArgumentException("layer " + changes.layer() + ": " + problem);
    }
    this.changes = changes;
    long end = ChangeSetCodec.HEADER_BYTES;
    long dataBytes = 0;
    for (EntryChange entry : changes.entries()) {
      end = Math.addExact(end, bytesOf(entry));
      dataBytes = Math.addExact(dataBytes, contentBytesOf(entry));
    }
    for (NameChange name : changes.names()) {
      end += ChangeSetCodec.MIN_NAME_BYTES - 1 + name.name().length();
    }
    this.dataAt = ChangeSetCodec.align(end);
    this.lengthBytes = Math.addExact(dataAt, dataBytes);
  }

  long lengthBytes() {
    return lengthBytes;
  }

  long encode(MemorySegment whole) {
    target = whole.asSlice(0, lengthBytes);
    target.set(LONG, ChangeSetCodec.LENGTH_AT, lengthBytes);
    target.set(LONG, ChangeSetCodec.LAYER_AT, changes.layer());
    target.set(LONG, ChangeSetCodec.ROOT_AT, changes.rootNumber());
    target.set(INT, ChangeSetCodec.ENTRY_COUNT_AT, changes.entries().size());
    target.set(INT, ChangeSetCodec.NAME_COUNT_AT, changes.names().size());
    target.set(LONG, ChangeSetCodec.DATA_AT, dataAt);
    position = ChangeSetCodec.HEADER_BYTES;
    changes.entries().forEach(this::putEntry);
    changes.names().forEach(this::putName);
    pad();
    changes.entries().forEach(this::putContent);
    return lengthBytes;
  }

  private static long bytesOf(EntryChange entry) {
    long bytes = ChangeSetCodec.MIN_ENTRY_BYTES;
    bytes += entry.attributes().mask() == 0 ? 0 : ChangeSetCodec.ATTRIBUTES_BYTES;
    bytes += entry.attributes().has(Attributes.XATTRS) ? bytesOf(entry.attributes().xattrs()) : 0;
    bytes += entry.identity() == null ? 0 : ChangeSetCodec.IDENTITY_BYTES;
    Location before = entry.before();
    bytes += before == null ? 0 : Long.BYTES + Byte.BYTES + before.name().length();
    byte[] link = entry.symlinkTarget();
    bytes += link == null ? 0 : Integer.BYTES + link.length;
    bytes += entry.device() == 0 ? 0 : Long.BYTES;
    bytes += entry.expected() == null ? 0 : ChangeSetCodec.EXPECTATION_BYTES;
    Data data = entry.data();
    if (data != null) {
      bytes += ChangeSetCodec.MIN_DATA_BYTES;
      for (Extent extent : data.extents()) {
        bytes += bytesOf(extent);
      }
    }
    return bytes;
  }

  private static long bytesOf(List<XattrChange> xattrs) {
    long bytes = Integer.BYTES;
    for (XattrChange xattr : xattrs) {
      byte[] value = xattr.value();
      bytes += ChangeSetCodec.MIN_XATTR_BYTES + XattrNames.encode(xattr.name()).length;
      bytes += value == null ? 0 : value.length;
    }
    return bytes;
  }

  private static long bytesOf(Extent extent) {
    long spilled = ChangeSetCodec.PLACE_BYTES + ChangeSetCodec.CHECKSUM_BYTES * extent.blocks();
    return ChangeSetCodec.EXTENT_BYTES + (extent.content() instanceof InSpill ? spilled : 0);
  }

  private static long contentBytesOf(EntryChange entry) {
    long bytes = 0;
    Data data = entry.data();
    if (data != null) {
      for (Extent extent : data.extents()) {
        if (extent.content() instanceof InMemory memory) {
          bytes = Math.addExact(bytes, ChangeSetCodec.align(memory.lengthBytes()));
        }
      }
    }
    return bytes;
  }

  private void putEntry(EntryChange entry) {
    putLong(entry.number());
    putByte(entry.type().bits() >> ChangeSetCodec.TYPE_SHIFT);
    putByte(ChangeSetCodec.FATES.indexOf(entry.fate()));
    putByte(flagsOf(entry));
    putByte(entry.attributes().mask());
    putAttributes(entry.attributes());
    putPlace(entry.identity(), entry.before());
    putExpectation(entry.expected());
    byte[] link = entry.symlinkTarget();
    if (link != null) {
      putInt(link.length);
      putBytes(link);
    }
    if (entry.device() != 0) {
      putLong(entry.device());
    }
    putExtents(entry.data());
  }

  private static int flagsOf(EntryChange entry) {
    return (entry.identity() == null ? 0 : ChangeSetCodec.HAS_IDENTITY)
        | (entry.created() ? ChangeSetCodec.IS_CREATED : 0)
        | (entry.before() == null ? 0 : ChangeSetCodec.HAS_BEFORE)
        | (entry.data() == null ? 0 : ChangeSetCodec.HAS_DATA)
        | (entry.symlinkTarget() == null ? 0 : ChangeSetCodec.HAS_TARGET)
        | (entry.device() == 0 ? 0 : ChangeSetCodec.HAS_DEVICE)
        | (entry.expected() == null ? 0 : ChangeSetCodec.HAS_EXPECTATION);
  }

  private void putAttributes(Attributes attributes) {
    if (attributes.mask() != 0) {
      putInt(attributes.mode());
      putInt(attributes.uid());
      putInt(attributes.gid());
      putLong(attributes.accessNanos());
      putLong(attributes.modifyNanos());
    }
    if (attributes.has(Attributes.XATTRS)) {
      putInt(attributes.xattrs().size());
      attributes.xattrs().forEach(this::putXattr);
    }
  }

  private void putXattr(XattrChange xattr) {
    byte[] name = XattrNames.encode(xattr.name());
    putByte(name.length);
    putBytes(name);
    byte[] value = xattr.value();
    putInt(value == null ? ChangeSetCodec.NO_VALUE : value.length);
    if (value != null) {
      putBytes(value);
    }
  }

  private void putPlace(@Nullable FileIdentity identity, @Nullable Location before) {
    if (identity != null) {
      putLong(identity.inode());
      putLong(identity.generation());
    }
    if (before != null) {
      putLong(before.directory());
      putName(before.name());
    }
  }

  private void putExpectation(@Nullable Expectation expected) {
    if (expected != null) {
      putLong(expected.sizeBytes());
      putLong(expected.modifyNanos());
      putInt(expected.mode());
      putInt(expected.uid());
      putInt(expected.gid());
    }
  }

  private void putExtents(@Nullable Data data) {
    if (data != null) {
      putLong(data.cutBytes());
      putLong(data.sizeBytes());
      putInt(data.extents().size());
      for (Extent extent : data.extents()) {
        putExtent(extent);
      }
    }
  }

  private void putExtent(Extent extent) {
    putLong(extent.offset());
    switch (extent.content()) {
      case InMemory memory -> putLong(memory.lengthBytes());
      case Hole hole -> putLong(hole.lengthBytes() | ChangeSetCodec.IS_HOLE);
      case InSpill spilled -> {
        putLong(spilled.lengthBytes() | ChangeSetCodec.IS_SPILLED);
        putLong(spilled.place());
        for (int checksum : spilled.checksums()) {
          putInt(checksum);
        }
      }
    }
  }

  private void putName(NameChange change) {
    putLong(change.directory());
    putLong(change.before());
    putLong(change.after());
    putName(change.name());
  }

  private void putContent(EntryChange entry) {
    Data data = entry.data();
    if (data != null) {
      for (Extent extent : data.extents()) {
        if (extent.content() instanceof InMemory(MemorySegment bytes)) {
          MemorySegment.copy(bytes, 0, target, position, bytes.byteSize());
          position += bytes.byteSize();
          pad();
        }
      }
    }
  }

  private void pad() {
    while (position % ChangeSetCodec.ALIGNMENT_BYTES != 0) {
      putByte(0);
    }
  }

  private void putName(Name name) {
    putByte(name.length());
    putBytes(name.bytes());
  }

  private void putLong(long value) {
    target.set(LONG, position, value);
    position += Long.BYTES;
  }

  private void putInt(int value) {
    target.set(INT, position, value);
    position += Integer.BYTES;
  }

  private void putByte(int value) {
    target.set(ValueLayout.JAVA_BYTE, position++, (byte) value);
  }

  private void putBytes(byte[] bytes) {
    MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, position, bytes.length);
    position += bytes.length;
  }
}
