package dev.vfo.changes;

import static dev.vfo.changes.ChangeSetCodec.INT;
import static dev.vfo.changes.ChangeSetCodec.LONG;

import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.Extent.Hole;
import dev.vfo.changes.Extent.InSpill;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.XattrNames;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one change set. */
final class ChangeSetDecoder {
  private static final int BYTE_MASK = 0xFF;

  private final MemorySegment source;
  private final long layer;
  private final long rootNumber;
  private final long dataAt;
  private long position = ChangeSetCodec.HEADER_BYTES;

  /** Where the next extent's bytes are. */
  private long dataPosition;

  /** Where the part that is being read begins: for messages. */
  private long partAt;

  ChangeSetDecoder(MemorySegment source) {
    this.source = source;
    this.layer = source.get(LONG, ChangeSetCodec.LAYER_AT);
    this.rootNumber = source.get(LONG, ChangeSetCodec.ROOT_AT);
    this.dataAt = source.get(LONG, ChangeSetCodec.DATA_AT);
    this.dataPosition = dataAt;
  }

  ChangeSet decode() {
    partAt = ChangeSetCodec.LAYER_AT;
    refuse(ChangeSetRules.problemOfNumbers(layer, rootNumber));
    partAt = ChangeSetCodec.DATA_AT;
    if (dataAt < ChangeSetCodec.HEADER_BYTES
        || dataAt > source.byteSize()
        || dataAt % ChangeSetCodec.ALIGNMENT_BYTES != 0) {
      refuse("content at " + dataAt);
    }
    int entryCount = countAt(ChangeSetCodec.ENTRY_COUNT_AT);
    int nameCount = countAt(ChangeSetCodec.NAME_COUNT_AT);
    long[] entriesAt = new long[checked(entryCount, ChangeSetCodec.MIN_ENTRY_BYTES)];
    List<EntryChange> entries = readEntries(entriesAt);
    ChangeSetRules rules = new ChangeSetRules(rootNumber, entries);
    for (int i = 0; i < entriesAt.length; i++) {
      partAt = entriesAt[i];
      refuse(rules.problemOfPlace(entries.get(i)));
    }
    List<NameChange> names = readNames(nameCount, rules);
    skipPadding();
    finish(rules);
    return new ChangeSet(layer, rootNumber, entries, names);
  }

  private int countAt(int offset) {
    partAt = offset;
    return source.get(INT, offset);
  }

  /** A count of parts that are still to come, if there is room for so many. */
  private int checked(int count, int minBytes) {
    if (count < 0 || (long) count * minBytes > dataAt - position) {
      refuse("count " + count + " in " + (dataAt - position) + " bytes");
    }
    return count;
  }

  private List<EntryChange> readEntries(long[] entriesAt) {
    List<EntryChange> entries = new ArrayList<>(entriesAt.length);
    EntryChange last = null;
    for (int i = 0; i < entriesAt.length; i++) {
      partAt = position;
      entriesAt[i] = position;
      EntryChange entry = readEntry();
      String problem = ChangeSetRules.problemOfOrder(last, entry);
      refuse(problem == null ? ChangeSetRules.problemOf(entry) : problem);
      entries.add(entry);
      last = entry;
    }
    return entries;
  }

  private List<NameChange> readNames(int count, ChangeSetRules rules) {
    partAt = ChangeSetCodec.NAME_COUNT_AT;
    List<NameChange> names = new ArrayList<>(checked(count, ChangeSetCodec.MIN_NAME_BYTES));
    for (int i = 0; i < count; i++) {
      partAt = position;
      long directory = takeLong();
      long before = takeLong();
      long after = takeLong();
      NameChange name = new NameChange(directory, takeName(), before, after);
      refuse(rules.problemOf(name));
      names.add(name);
    }
    return names;
  }

  private void finish(ChangeSetRules rules) {
    partAt = ChangeSetCodec.DATA_AT;
    if (dataPosition != source.byteSize()) {
      refuse("content from " + dataAt + " to " + dataPosition + " of " + source.byteSize());
    }
    partAt = ChangeSetCodec.ENTRY_COUNT_AT;
    refuse(rules.problemOfWhole());
  }

  private EntryChange readEntry() {
    long number = takeLong();
    FileType type = takeType();
    int fate = takeByte();
    int flags = takeByte();
    int mask = takeByte();
    if (fate >= ChangeSetCodec.FATES.size() || (flags & ~ChangeSetCodec.ALL_FLAGS) != 0) {
      refuse("fate " + fate + ", flags " + flags);
    }
    boolean created = has(flags, ChangeSetCodec.IS_CREATED);
    Attributes attributes = mask == 0 ? Attributes.UNCHANGED : takeAttributes(mask);
    FileIdentity identity = has(flags, ChangeSetCodec.HAS_IDENTITY) ? takeIdentity() : null;
    Location before = has(flags, ChangeSetCodec.HAS_BEFORE) ? takeLocation() : null;
    Expectation expected = has(flags, ChangeSetCodec.HAS_EXPECTATION) ? takeExpectation() : null;
    byte[] link = has(flags, ChangeSetCodec.HAS_TARGET) ? takeTarget() : null;
    long device = has(flags, ChangeSetCodec.HAS_DEVICE) ? takeDevice() : 0;
    Data data = has(flags, ChangeSetCodec.HAS_DATA) ? takeData() : null;
    return new EntryChange(
        number,
        type,
        identity,
        created,
        before,
        ChangeSetCodec.FATES.get(fate),
        attributes,
        data,
        link,
        device,
        expected);
  }

  private static boolean has(int flags, int flag) {
    return (flags & flag) != 0;
  }

  private FileType takeType() {
    int code = takeByte();
    for (FileType type : FileType.values()) {
      if (type.bits() >> ChangeSetCodec.TYPE_SHIFT == code) {
        return type;
      }
    }
    throw new ChangeSetFormatException(partAt, "type " + code);
  }

  private Attributes takeAttributes(int mask) {
    int mode = takeInt();
    int uid = takeInt();
    int gid = takeInt();
    long accessNanos = takeLong();
    long modifyNanos = takeLong();
    List<XattrChange> xattrs = has(mask, Attributes.XATTRS) ? takeXattrs() : List.of();
    return new Attributes(mask, mode, uid, gid, accessNanos, modifyNanos, xattrs);
  }

  private List<XattrChange> takeXattrs() {
    int count = checked(takeInt(), ChangeSetCodec.MIN_XATTR_BYTES);
    List<XattrChange> xattrs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] name = takeBytes(takeByte());
      int valueBytes = takeInt();
      byte[] value =
          valueBytes == ChangeSetCodec.NO_VALUE ? null : takeBytes(checked(valueBytes, 1));
      xattrs.add(new XattrChange(XattrNames.decode(name, 0, name.length), value));
    }
    return xattrs;
  }

  private FileIdentity takeIdentity() {
    return new FileIdentity(takeLong(), takeLong());
  }

  private Expectation takeExpectation() {
    return new Expectation(takeLong(), takeLong(), takeInt(), takeInt(), takeInt());
  }

  private Location takeLocation() {
    return new Location(takeLong(), takeName());
  }

  private long takeDevice() {
    long device = takeLong();
    if (device == 0) {
      refuse("device 0");
    }
    return device;
  }

  private byte[] takeTarget() {
    return takeBytes(checked(takeInt(), 1));
  }

  private Data takeData() {
    long cutBytes = takeLong();
    long sizeBytes = takeLong();
    int count = checked(takeInt(), ChangeSetCodec.EXTENT_BYTES);
    List<Extent> extents = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      extents.add(takeExtent());
    }
    return new Data(cutBytes, sizeBytes, extents);
  }

  private Extent takeExtent() {
    long offset = takeLong();
    long lengthBytes = takeLong();
    if ((lengthBytes & ChangeSetCodec.IS_SPILLED) != 0) {
      return new Extent(offset, takeSpilled(offset, lengthBytes & ~ChangeSetCodec.IS_SPILLED));
    }
    if ((lengthBytes & ChangeSetCodec.IS_HOLE) != 0) {
      return new Extent(offset, new Hole(lengthBytes & ~ChangeSetCodec.IS_HOLE));
    }
    if (lengthBytes <= 0 || lengthBytes > source.byteSize() - dataPosition) {
      refuse("extent of " + lengthBytes + " bytes, content ends before");
    }
    MemorySegment data = source.asSlice(dataPosition, lengthBytes);
    long end = dataPosition + lengthBytes;
    // Fits: the length of the whole is a multiple of the alignment.
    dataPosition = ChangeSetCodec.align(end);
    checkZero(end, dataPosition);
    return new Extent(offset, data);
  }

  private InSpill takeSpilled(long offset, long lengthBytes) {
    long place = takeLong();
    long mostBytes = (dataAt - position) / ChangeSetCodec.CHECKSUM_BYTES * Extent.BLOCK_BYTES;
    if (lengthBytes == 0
        || lengthBytes > mostBytes
        || offset < 0
        || offset > Long.MAX_VALUE - lengthBytes) {
      refuse("spilled extent of " + lengthBytes + " bytes at " + offset);
    }
    int[] checksums = new int[(int) Extent.blocks(offset, lengthBytes)];
    for (int i = 0; i < checksums.length; i++) {
      checksums[i] = takeInt();
    }
    return new InSpill(place, lengthBytes, checksums);
  }

  private Name takeName() {
    byte[] bytes = takeBytes(takeByte());
    try {
      return Name.of(bytes);
    } catch (StorageException e) {
      throw new ChangeSetFormatException(partAt, e);
    }
  }

  private void skipPadding() {
    partAt = position;
    if (ChangeSetCodec.align(position) != dataAt) {
      refuse("content at " + dataAt);
    }
    checkZero(position, dataAt);
  }

  private void checkZero(long from, long to) {
    for (long at = from; at < to; at++) {
      if (source.get(ValueLayout.JAVA_BYTE, at) != 0) {
        throw new ChangeSetFormatException(at, "padding is not zero");
      }
    }
  }

  private long takeLong() {
    return source.get(LONG, advance(Long.BYTES));
  }

  private int takeInt() {
    return source.get(INT, advance(Integer.BYTES));
  }

  private int takeByte() {
    return source.get(ValueLayout.JAVA_BYTE, advance(Byte.BYTES)) & BYTE_MASK;
  }

  private byte[] takeBytes(int count) {
    return source.asSlice(advance(count), count).toArray(ValueLayout.JAVA_BYTE);
  }

  /** The position, which is moved; parts end where the content begins. */
  private long advance(int bytes) {
    if (bytes > dataAt - position) {
      refuse("ends behind " + dataAt + ", where content begins");
    }
    long at = position;
    position += bytes;
    return at;
  }

  private void refuse(@Nullable String problem) {
    if (problem != null) {
      throw new ChangeSetFormatException(partAt, problem);
    }
  }
}
