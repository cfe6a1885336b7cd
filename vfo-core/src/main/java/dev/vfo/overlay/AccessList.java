package dev.vfo.overlay;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.XattrNames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A POSIX access control list as it stands in an extended attribute (linux/posix_acl_xattr.h), with
 * the rules of acl(5) that tie it to a mode. Immutable.
 */
final class AccessList {
  /** The attribute that has who may do what with a file. */
  static final String ACCESS = XattrNames.ACCESS_LIST;

  /** The attribute that has what is made in a directory gets. */
  static final String DEFAULT = XattrNames.DEFAULT_LIST;

  private static final int VERSION = 2;
  private static final int HEADER_BYTES = 4;
  private static final int ENTRY_BYTES = 8;

  private static final int OWNER = 0x01;
  private static final int USER = 0x02;
  private static final int OWNING_GROUP = 0x04;
  private static final int GROUP = 0x08;
  private static final int MASK = 0x10;
  private static final int OTHER = 0x20;

  private static final int PERMISSIONS = 7;
  private static final int ALL_PERMISSIONS = 0777;

  /** The order in which a list has them. */
  private static final List<Integer> ORDER = List.of(OWNER, USER, OWNING_GROUP, GROUP, MASK, OTHER);

  private record Line(int tag, int permissions, int id) {
    Line with(int bits) {
      return new Line(tag, bits & PERMISSIONS, id);
    }
  }

  private final List<Line> lines;

  private AccessList(List<Line> lines) {
    this.lines = lines;
  }

  static boolean isOne(String attribute) {
    return attribute.equals(ACCESS) || attribute.equals(DEFAULT);
  }

  /**
   * Reads one; one without lines, or without anything, stands for none.
   *
   * @throws StorageException EOPNOTSUPP for another version, EINVAL when the bytes are no list
   */
  static AccessList read(byte[] value) throws StorageException {
    if (value.length == 0) {
      return new AccessList(List.of());
    }
    ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    int version = value.length < HEADER_BYTES ? 0 : in.getInt();
    if (version != VERSION) {
      throw refused(
          value.length < HEADER_BYTES ? Errno.EINVAL : Errno.EOPNOTSUPP, "version " + version);
    }
    if (in.remaining() % ENTRY_BYTES != 0) {
      throw refused(Errno.EINVAL, value.length + " bytes");
    }
    List<Line> lines = new ArrayList<>();
    while (in.hasRemaining()) {
      lines.add(new Line(in.getShort() & 0xffff, in.getShort() & 0xffff, in.getInt()));
    }
    if (lines.stream().anyMatch(line -> !ORDER.contains(line.tag()))) {
      throw refused(Errno.EINVAL, lines.toString());
    }
    return new AccessList(lines);
  }

  /**
   * Refuses one that makes no sense.
   *
   * @throws StorageException EINVAL
   */
  void requireSensible() throws StorageException {
    if (lines.isEmpty()) {
      return;
    }
    int last = 0;
    for (Line line : lines) {
      int place = ORDER.indexOf(line.tag());
      boolean repeats = line.tag() == USER || line.tag() == GROUP;
      boolean ascends = repeats ? place >= last : place > last || line.tag() == OWNER;
      if (!ascends || (line.permissions() & ~PERMISSIONS) != 0) {
        throw refused(Errno.EINVAL, lines.toString());
      }
      last = place;
    }
    boolean isNamed = has(lines, USER) || has(lines, GROUP);
    long owners = lines.stream().filter(line -> line.tag() == OWNER).count();
    boolean isWhole = owners == 1 && has(lines, OWNING_GROUP) && has(lines, OTHER);
    if (!isWhole || (isNamed && !has(lines, MASK))) {
      throw refused(Errno.EINVAL, lines.toString());
    }
  }

  private static StorageException refused(Errno errno, String what) {
    return new StorageException(errno, "read access control list", what);
  }

  private static boolean has(List<Line> lines, int tag) {
    return lines.stream().anyMatch(line -> line.tag() == tag);
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  /** Whether a mode says all that it says. */
  boolean isMode() {
    return lines.stream()
        .allMatch(line -> List.of(OWNER, OWNING_GROUP, OTHER).contains(line.tag()));
  }

  /** Which line the group's bits of a mode stand for. */
  private int groupTag() {
    return has(lines, MASK) ? MASK : OWNING_GROUP;
  }

  /** A mode's permissions as this list has them; its other bits stay. */
  int modeOf(int mode) {
    int bits = 0;
    for (Line line : lines) {
      bits |= isInMode(line) ? line.permissions() << shiftOf(line) : 0;
    }
    return (mode & ~ALL_PERMISSIONS) | bits;
  }

  private static int shiftOf(Line line) {
    return line.tag() == OWNER ? 6 : line.tag() == OTHER ? 0 : 3;
  }

  private boolean isInMode(Line line) {
    return line.tag() == OWNER || line.tag() == OTHER || line.tag() == groupTag();
  }

  /** The list after a change of mode. */
  AccessList with(int mode) {
    return new AccessList(
        lines.stream()
            .map(line -> isInMode(line) ? line.with(mode >> shiftOf(line)) : line)
            .toList());
  }

  /** The list of a new file in a directory of which this is the default one: both say yes. */
  AccessList limitedTo(int mode) {
    return new AccessList(
        lines.stream()
            .map(line ->
                isInMode(line) ? line.with(line.permissions() & (mode >> shiftOf(line))) : line)
            .toList());
  }

  byte[] bytes() {
    ByteBuffer out =
        ByteBuffer.allocate(HEADER_BYTES + ENTRY_BYTES * lines.size())
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(VERSION);
    for (Line line : lines) {
      out.putShort((short) line.tag()).putShort((short) line.permissions()).putInt(line.id());
    }
    return out.array();
  }
}
