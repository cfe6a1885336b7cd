package dev.vfo.changes;

import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes change sets that do not contradict themselves, from a seed. */
final class RandomChangeSets {
  private static final List<Fate> FATES = List.of(Fate.ALIVE, Fate.GONE, Fate.ORPHAN);
  private static final FileType[] TYPES = FileType.values();

  private final Random random;
  private final long root;
  private final List<EntryChange> entries = new ArrayList<>();
  private final List<NameChange> names = new ArrayList<>();
  private int nameCount;

  RandomChangeSets(long seed) {
    random = new Random(seed);
    root = random.nextLong(1, Long.MAX_VALUE);
  }

  ChangeSet next(int size) throws StorageException {
    entries.add(entry(root, FileType.DIRECTORY, false, null, Fate.ALIVE, attributes(false), null));
    for (int i = 0; i < size; i++) {
      add();
    }
    entries.sort(Comparator.comparingLong(EntryChange::number));
    return new ChangeSet(random.nextLong(1, Long.MAX_VALUE), root, entries, names);
  }

  private void add() throws StorageException {
    long number = random.nextLong();
    FileType type = TYPES[random.nextInt(TYPES.length)];
    boolean created = random.nextBoolean();
    Fate fate = FATES.get(random.nextInt(FATES.size()));
    Location before = created || random.nextInt(5) == 0 ? null : new Location(directory(), name());
    boolean moved = before != null && random.nextBoolean();
    Data data = type == FileType.REGULAR && random.nextBoolean() ? data() : null;
    EntryChange entry =
        entry(number, type, created, before, fate, attributes(created || data != null), data);
    if (moved) {
      names.add(new NameChange(before.directory(), before.name(), number, NameChange.NONE));
    }
    if (fate == Fate.ALIVE && (before == null || moved || type != FileType.DIRECTORY)) {
      names.add(new NameChange(directory(), name(), NameChange.NONE, number));
    }
    entries.add(entry);
  }

  private long directory() {
    List<Long> directories = new ArrayList<>();
    for (EntryChange entry : entries) {
      if (entry.type() == FileType.DIRECTORY && entry.fate() == Fate.ALIVE) {
        directories.add(entry.number());
      }
    }
    return directories.get(random.nextInt(directories.size()));
  }

  private Name name() throws StorageException {
    byte[] bytes = new byte[random.nextInt(10) == 0 ? 240 : 1 + random.nextInt(12)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (random.nextInt(200) + 48);
    }
    nameCount++;
    byte[] unique = java.util.Arrays.copyOf(bytes, bytes.length + 3);
    unique[bytes.length] = (byte) ('a' + nameCount % 26);
    unique[bytes.length + 1] = (byte) ('a' + nameCount / 26 % 26);
    unique[bytes.length + 2] = (byte) ('a' + nameCount / 676);
    return Name.of(unique);
  }

  private EntryChange entry(
      long number,
      FileType type,
      boolean created,
      @Nullable Location before,
      Fate fate,
      Attributes attributes,
      @Nullable Data data) {
    boolean known = !created && random.nextBoolean();
    boolean device = type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
    byte[] link = new byte[random.nextInt(60)];
    random.nextBytes(link);
    return new EntryChange(
        number,
        type,
        known ? new FileIdentity(random.nextLong(), random.nextLong()) : null,
        created,
        before,
        fate,
        attributes,
        data,
        created && type == FileType.SYMLINK ? link : null,
        created && device ? random.nextInt(3) : 0,
        created || random.nextBoolean() ? null : expectation());
  }

  private Expectation expectation() {
    return new Expectation(
        random.nextLong(Long.MAX_VALUE),
        random.nextLong(),
        random.nextInt(010000),
        random.nextInt(),
        random.nextInt());
  }

  private Attributes attributes(boolean all) {
    int mask = all ? Attributes.ALL : random.nextInt(Attributes.ALL + 1);
    List<XattrChange> xattrs = random.nextInt(3) == 0 ? xattrs() : List.of();
    mask |= xattrs.isEmpty() ? 0 : Attributes.XATTRS;
    if ((mask & (Attributes.OWNER | Attributes.XATTRS)) != 0) {
      mask |= Attributes.MODE;
    }
    return mask == 0
        ? Attributes.UNCHANGED
        : new Attributes(
            mask,
            random.nextInt(010000),
            random.nextInt(),
            random.nextInt(),
            random.nextLong(),
            random.nextLong(),
            xattrs);
  }

  private List<XattrChange> xattrs() {
    List<XattrChange> xattrs = new ArrayList<>();
    for (String name : List.of("security.a", "user.\udcff", "user.\u00e4")) {
      byte[] value = new byte[random.nextInt(5) * 30];
      random.nextBytes(value);
      switch (random.nextInt(3)) {
        case 0 -> xattrs.add(new XattrChange(name, null));
        case 1 -> xattrs.add(new XattrChange(name, value));
        default -> {}
      }
    }
    xattrs.sort(Comparator.comparing(XattrChange::name));
    return xattrs;
  }

  private Data data() {
    List<Extent> extents = new ArrayList<>();
    long end = 0;
    for (int i = random.nextInt(4); i > 0; i--) {
      long offset = end + random.nextInt(3) * 100L;
      if (random.nextInt(4) == 0) {
        Extent spilled = spilled((offset + 4095) / 4096 * 4096 + random.nextInt(4096));
        extents.add(spilled);
        end = (spilled.offset() + spilled.lengthBytes() + 4095) / 4096 * 4096;
        continue;
      }
      if (random.nextInt(5) == 0) {
        long start = (offset + 4095) / 4096 * 4096;
        int length = 1 + random.nextInt(20_000);
        extents.add(new Extent(start, new Extent.Hole(length)));
        end = (start + length + 4095) / 4096 * 4096;
        continue;
      }
      MemorySegment bytes = Arena.ofAuto().allocate(1 + random.nextInt(40));
      for (long at = 0; at < bytes.byteSize(); at++) {
        bytes.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
      }
      extents.add(new Extent(offset, bytes));
      end = offset + bytes.byteSize();
    }
    return new Data(random.nextLong(0, Long.MAX_VALUE), end + random.nextInt(50), extents);
  }

  private Extent spilled(long offset) {
    int length = 1 + random.nextInt(random.nextBoolean() ? 100 : 20_000);
    long place = (1 + random.nextInt(1000)) * 4096L + offset % 4096;
    int blocks = (int) ((offset + length - 1) / 4096 - offset / 4096 + 1);
    return new Extent(offset, new Extent.InSpill(place, length, random.ints(blocks).toArray()));
  }
}
