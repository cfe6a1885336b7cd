package dev.vfo.changes;

import dev.vfo.changes.DescriptorTable.Descriptor;
import dev.vfo.changes.DescriptorTable.OpenFile;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a descriptor table, as they stand at the end of a commit: {@code
 * docs/changeset-format.md} has the layout. Decoding is strict.
 */
final class DescriptorTableCodec {
  private static final int HEADER_BYTES = 8;
  private static final int FILE_BYTES = 24;
  private static final int DESCRIPTOR_BYTES = 8;
  private static final int MAX_NAME_BYTES = 255;

  private DescriptorTableCodec() {}

  private static int lengthBytes(DescriptorTable table) {
    int length = HEADER_BYTES + DESCRIPTOR_BYTES * table.descriptors().size();
    for (OpenFile file : table.files()) {
      length += FILE_BYTES;
      for (Name name : file.path()) {
        length += 1 + name.length();
      }
    }
    return Math.toIntExact(ChangeSetCodec.align(length));
  }

  /** The encoding, with zeros up to a multiple of eight bytes. */
  static byte[] encode(DescriptorTable table) {
    ByteBuffer target = ByteBuffer.allocate(lengthBytes(table)).order(ByteOrder.LITTLE_ENDIAN);
    target.putInt(table.files().size()).putInt(table.descriptors().size());
    for (OpenFile file : table.files()) {
      target.putLong(file.number()).putLong(file.offsetBytes());
      target.putInt(file.flags()).putInt(file.path().size());
      for (Name name : file.path()) {
        byte[] bytes = name.bytes();
        target.put((byte) bytes.length).put(bytes);
      }
    }
    for (Descriptor descriptor : table.descriptors()) {
      target.putInt(descriptor.number()).putInt(descriptor.file());
    }
    return target.array();
  }

  /**
   * The table that these bytes, all of them, encode.
   *
   * @param at their offset, for errors
   */
  static DescriptorTable decode(byte[] bytes, long at) {
    ByteBuffer source = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    DescriptorTable table;
    try {
      table = decode(source);
    } catch (BufferUnderflowException | StorageException e) {
      throw new ChangeSetFormatException(at, "no descriptor table: " + e.getMessage());
    }
    boolean isPadded = bytes.length == lengthBytes(table);
    while (source.hasRemaining()) {
      isPadded &= source.get() == 0;
    }
    require(isPadded && !table.isEmpty(), at, "bytes behind the descriptor table, or none in it");
    check(table, at);
    return table;
  }

  private static DescriptorTable decode(ByteBuffer source) throws StorageException {
    int fileCount = count(source);
    int descriptorCount = count(source);
    List<OpenFile> files = new ArrayList<>();
    for (int i = 0; i < fileCount; i++) {
      long number = source.getLong();
      long offset = source.getLong();
      int flags = source.getInt();
      int nameCount = count(source);
      List<Name> path = new ArrayList<>();
      for (int j = 0; j < nameCount; j++) {
        byte[] name = new byte[source.get() & MAX_NAME_BYTES];
        source.get(name);
        path.add(Name.of(name));
      }
      files.add(new OpenFile(number, path, flags, offset));
    }
    List<Descriptor> descriptors = new ArrayList<>();
    for (int i = 0; i < descriptorCount; i++) {
      descriptors.add(new Descriptor(source.getInt(), source.getInt()));
    }
    return new DescriptorTable(files, descriptors);
  }

  private static int count(ByteBuffer source) {
    int count = source.getInt();
    if (count < 0) {
      throw new BufferUnderflowException();
    }
    return count;
  }

  private static void check(DescriptorTable table, long at) {
    for (OpenFile file : table.files()) {
      boolean isOpen = (file.flags() & (DescriptorTable.READ | DescriptorTable.WRITE)) != 0;
      require(
          isOpen && (file.flags() & ~DescriptorTable.ALL_FLAGS) == 0, at, "flags " + file.flags());
      require((file.number() == 0) != file.isOrphan(), at, "an open file with number and path");
      require(file.offsetBytes() >= 0, at, "offset " + file.offsetBytes());
    }
    int last = -1;
    int known = 0;
    for (Descriptor each : table.descriptors()) {
      require(each.number() > last, at, "descriptor " + each.number() + " behind " + last);
      require(each.file() >= 0 && each.file() <= known, at, "file " + each.file());
      last = each.number();
      known = Math.max(known, each.file() + 1);
    }
    require(known == table.files().size(), at, "an open file without a descriptor");
  }

  private static void require(boolean good, long at, String reason) {
    if (!good) {
      throw new ChangeSetFormatException(at, reason);
    }
  }
}
