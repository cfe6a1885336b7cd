package dev.vfo.changes;

import dev.vfo.changes.EntryChange.Attributes;
import dev.vfo.changes.EntryChange.Data;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.changes.Extent.Hole;
import dev.vfo.changes.Extent.InSpill;
import dev.vfo.storage.FileType;
import dev.vfo.storage.XattrNames;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a change set must be to make sense, whoever made it: checked before it is committed, because
 * afterwards nobody could help, and when it is read again. Each answer is a reason, or null for a
 * good one.
 */
final class ChangeSetRules {
  /** Places in a spill file are numbered by an int. */
  private static final long MAX_SPILL_BYTES = (long) Integer.MAX_VALUE * Extent.BLOCK_BYTES;

  private static final int MAX_MODE = 07777;
  private static final int MAX_XATTR_NAME_BYTES = 255;

  private final long rootNumber;
  private final Map<Long, EntryChange> entries;
  private final Map<Location, NameChange> names = new HashMap<>();
  private final Set<Long> named = new HashSet<>();

  ChangeSetRules(long rootNumber, List<EntryChange> entries) {
    this.rootNumber = rootNumber;
    this.entries = HashMap.newHashMap(entries.size());
    entries.forEach(entry -> this.entries.put(entry.number(), entry));
  }

  /** The first thing that is wrong. */
  static @Nullable String problemOf(ChangeSet changes) {
    ChangeSetRules rules = new ChangeSetRules(changes.rootNumber(), changes.entries());
    String problem = problemOfNumbers(changes.layer(), changes.rootNumber());
    EntryChange last = null;
    for (EntryChange entry : changes.entries()) {
      problem = problem == null ? problemOfOrder(last, entry) : problem;
      problem = problem == null ? problemOf(entry) : problem;
      problem = problem == null ? rules.problemOfPlace(entry) : problem;
      last = entry;
    }
    for (NameChange name : changes.names()) {
      problem = problem == null ? rules.problemOf(name) : problem;
    }
    return problem == null ? rules.problemOfWhole() : problem;
  }

  static @Nullable String problemOfNumbers(long layer, long rootNumber) {
    if (layer <= 0) {
      return "layer " + layer;
    }
    return rootNumber == NameChange.NONE ? "no root" : null;
  }

  static @Nullable String problemOfOrder(@Nullable EntryChange last, EntryChange entry) {
    if (entry.number() == NameChange.NONE) {
      return "entry without a number";
    }
    boolean ascending = last == null || last.number() < entry.number();
    return ascending ? null : describe(entry) + " is not behind " + describe(last);
  }

  /** What is wrong with an entry taken alone. */
  static @Nullable String problemOf(EntryChange entry) {
    if (entry.created() && (entry.identity() != null || entry.before() != null)) {
      return describe(entry) + " is created, and was there before";
    }
    Expectation expected = entry.expected();
    if (expected != null && (entry.created() || isWrong(expected))) {
      return describe(entry) + (entry.created() ? " is created, and expected" : " is expected so");
    }
    boolean hasTarget = entry.symlinkTarget() != null;
    if (hasTarget != (entry.created() && entry.type() == FileType.SYMLINK)) {
      return describe(entry) + (hasTarget ? " has a target" : " has no target");
    }
    if (entry.device() != 0 && !(entry.created() && isDevice(entry.type()))) {
      return describe(entry) + " has a device number";
    }
    Data data = entry.data();
    if (data != null && entry.type() != FileType.REGULAR) {
      return describe(entry) + " has content";
    }
    if (entry.fate() != Fate.GONE && lacksAttributes(entry)) {
      return describe(entry) + " does not say the attributes that apply itself changes";
    }
    String problem = problemOf(entry.attributes(), entry.created());
    problem = problem == null && data != null ? problemOf(data) : problem;
    return problem == null ? null : describe(entry) + ": " + problem;
  }

  /**
   * Writing sets the time and can clear mode bits, and so can a new owner; also, a mode may have to
   * be widened to write.
   */
  private static boolean lacksAttributes(EntryChange entry) {
    Attributes attributes = entry.attributes();
    if (entry.data() != null && !attributes.has(Attributes.MODE | Attributes.MODIFY_TIME)) {
      return true;
    }
    return (attributes.mask() & (Attributes.OWNER | Attributes.XATTRS)) != 0
        && !attributes.has(Attributes.MODE);
  }

  private static boolean isWrong(Expectation expected) {
    return expected.sizeBytes() < 0 || (expected.mode() & ~MAX_MODE) != 0;
  }

  private static boolean isDevice(FileType type) {
    return type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
  }

  private static @Nullable String problemOf(Attributes attributes, boolean created) {
    int mask = attributes.mask();
    boolean isKnown = (mask & ~(Attributes.ALL | Attributes.XATTRS)) == 0;
    if (!isKnown || (created && !attributes.has(Attributes.ALL))) {
      return "attribute mask " + mask;
    }
    if (attributes.has(Attributes.XATTRS) == attributes.xattrs().isEmpty()
        || !areNamed(attributes.xattrs())) {
      return "extended attributes " + attributes.xattrs().stream().map(XattrChange::name).toList();
    }
    return (attributes.mode() & ~MAX_MODE) == 0 ? null : "mode " + attributes.mode();
  }

  private static boolean areNamed(List<XattrChange> xattrs) {
    String last = "";
    for (XattrChange xattr : xattrs) {
      int length = XattrNames.encode(xattr.name()).length;
      if (length > MAX_XATTR_NAME_BYTES || last.compareTo(xattr.name()) >= 0) {
        return false;
      }
      last = xattr.name();
    }
    return true;
  }

  private static @Nullable String problemOf(Data data) {
    if (data.cutBytes() < 0 || data.sizeBytes() < 0) {
      return "negative size";
    }
    long end = 0;
    long ownEnd = 0;
    for (Extent extent : data.extents()) {
      if (extent.offset() < end || extent.lengthBytes() == 0) {
        return "extent at " + extent.offset() + " is empty or overlaps the one before";
      }
      if (extent.lengthBytes() > data.sizeBytes() - extent.offset()) {
        return "extent at " + extent.offset() + " ends behind the size";
      }
      if (extent.offset() < ownEnd) {
        return "extent at " + extent.offset() + " shares a block with a hole or a spilled one";
      }
      if (extent.content() instanceof Hole) {
        if (extent.offset() % Extent.BLOCK_BYTES != 0) {
          return "hole at " + extent.offset() + " does not begin a block";
        }
        ownEnd = blockEnd(extent);
      }
      if (extent.content() instanceof InSpill spilled) {
        if (!isPlaced(spilled, extent) || blockStart(extent.offset()) < end) {
          return "extent at "
              + extent.offset()
              + " cannot be at "
              + spilled.place()
              + " of a spill";
        }
        ownEnd = blockEnd(extent);
      }
      end = extent.offset() + extent.lengthBytes();
    }
    return null;
  }

  private static long blockEnd(Extent extent) {
    return blockStart(extent.offset() + extent.lengthBytes() - 1) + Extent.BLOCK_BYTES;
  }

  private static long blockStart(long offset) {
    return offset & -Extent.BLOCK_BYTES;
  }

  // Behind the header, and as the extent lies in the file's blocks.
  private static boolean isPlaced(InSpill spilled, Extent extent) {
    long place = spilled.place();
    return place >= Extent.BLOCK_BYTES
        && place <= MAX_SPILL_BYTES - spilled.lengthBytes()
        && place % Extent.BLOCK_BYTES == extent.offset() % Extent.BLOCK_BYTES
        && spilled.checksums().length == extent.blocks();
  }

  /** What is wrong with the place that an entry had. */
  @Nullable String problemOfPlace(EntryChange entry) {
    Location before = entry.before();
    if (entry.number() == rootNumber) {
      boolean good = entry.type() == FileType.DIRECTORY && entry.fate() == Fate.ALIVE;
      return good && !entry.created() && before == null ? null : "the root is no old directory";
    }
    return before == null || isDirectory(before.directory())
        ? null
        : describe(entry) + " was in " + hex(before.directory()) + ", which is no directory";
  }

  /** What is wrong with a name; each one is to be given once. */
  @Nullable String problemOf(NameChange name) {
    if (!isDirectory(name.directory())) {
      return describe(name) + ", which is no directory";
    }
    if (names.putIfAbsent(new Location(name.directory(), name.name()), name) != null) {
      return describe(name) + " stands there twice";
    }
    if (!isKnown(name.before()) || !isKnown(name.after())) {
      return describe(name) + " is of an entry that is not there";
    }
    return name.after() == NameChange.NONE ? null : problemOfNamed(name);
  }

  private @Nullable String problemOfNamed(NameChange name) {
    EntryChange entry = entries.get(name.after());
    boolean first = named.add(name.after());
    if (entry == null || entry.fate() != Fate.ALIVE || entry.number() == rootNumber) {
      return describe(name) + " is of an entry that has no names";
    }
    EntryChange directory = entries.get(name.directory());
    if (directory == null || directory.fate() != Fate.ALIVE) {
      return describe(name) + ", which is gone";
    }
    return first || entry.type() != FileType.DIRECTORY
        ? null
        : describe(name) + " is a second one of a directory";
  }

  /** Looks, when all names were given, whether they and the entries agree. */
  @Nullable String problemOfWhole() {
    Set<Location> places = new HashSet<>();
    for (EntryChange entry : entries.values()) {
      Location before = entry.before();
      NameChange change = before == null ? null : names.get(before);
      if (change != null && change.before() != entry.number()) {
        return describe(entry) + " was where another entry was";
      }
      if (before != null && !places.add(before)) {
        return describe(entry) + " was where another entry was";
      }
      boolean moved = before == null || change != null;
      if (isNameless(entry, moved)) {
        return describe(entry) + " has no name";
      }
      if (!moved && entry.type() == FileType.DIRECTORY && named.contains(entry.number())) {
        return describe(entry) + " is a directory with two names";
      }
    }
    return null;
  }

  private boolean isNameless(EntryChange entry, boolean lost) {
    boolean needsName = entry.created() || entry.type() == FileType.DIRECTORY;
    return entry.fate() == Fate.ALIVE
        && entry.number() != rootNumber
        && lost
        && needsName
        && !named.contains(entry.number());
  }

  private boolean isKnown(long number) {
    return number == NameChange.NONE || entries.containsKey(number);
  }

  private boolean isDirectory(long number) {
    EntryChange entry = entries.get(number);
    return entry != null && entry.type() == FileType.DIRECTORY;
  }

  private static String describe(NameChange name) {
    return "name " + name.name() + " in " + hex(name.directory());
  }

  private static String describe(@Nullable EntryChange entry) {
    return entry == null ? "entry" : "entry " + hex(entry.number());
  }

  private static String hex(long number) {
    return Long.toHexString(number);
  }
}
