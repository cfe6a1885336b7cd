package dev.vfo.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.vfo.storage.DirectoryVisitor;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a directory, through a descriptor of its own, so that passes at the same time do
 * not disturb each other, and with memory of its own, because a visitor may begin another pass.
 */
final class DirectoryReader {
  private static final int BUFFER_BYTES = 32768;

  // Offsets in struct linux_dirent64.
  private static final long INODE = 0;
  private static final long LENGTH = 16;
  private static final long TYPE = 18;
  private static final long NAME = 19;

  private final int fd;
  private final MemorySegment buffer;
  private final DirectoryVisitor visitor;

  private DirectoryReader(int fd, MemorySegment buffer, DirectoryVisitor visitor) {
    this.fd = fd;
    this.buffer = buffer;
    this.visitor = visitor;
  }

  /** As {@code Storage.list} says. */
  static void list(int directory, DirectoryVisitor visitor) throws StorageException {
    int fd = Opening.openAgain(directory);
    try (Arena arena = Arena.ofConfined()) {
      new DirectoryReader(fd, arena.allocate(BUFFER_BYTES, 8), visitor).run();
    } finally {
      Opening.close(fd);
    }
  }

  private void run() throws StorageException {
    long length;
    do {
      length = fill();
    } while (length > 0 && visitAll(length));
  }

  private long fill() throws StorageException {
    Kernel kernel = Kernel.get();
    long length = kernel.call(SystemCall.GETDENTS64, fd, buffer.address(), BUFFER_BYTES);
    if (length < 0) {
      if (kernel.failedWith(Errno.ENOENT)) {
        // The kernel's answer for a directory that was removed; it has no entries.
        return 0;
      }
      throw kernel.failure("list", fd);
    }
    return length;
  }

  private boolean visitAll(long length) throws StorageException {
    for (long at = 0; at < length; ) {
      int recordLength = Short.toUnsignedInt(buffer.get(JAVA_SHORT_UNALIGNED, at + LENGTH));
      if (!visit(buffer.asSlice(at, recordLength))) {
        return false;
      }
      at += recordLength;
    }
    return true;
  }

  private boolean visit(MemorySegment entry) throws StorageException {
    byte[] bytes = nameBytes(entry);
    if (bytes[0] == '.' && (bytes.length == 1 || (bytes.length == 2 && bytes[1] == '.'))) {
      return true;
    }
    Name name = Name.of(bytes);
    FileType type = type(entry, name);
    return type == null || visitor.visit(name, entry.get(JAVA_LONG_UNALIGNED, INODE), type);
  }

  private static byte[] nameBytes(MemorySegment entry) {
    long end = NAME;
    while (entry.get(JAVA_BYTE, end) != 0) {
      end++;
    }
    return entry.asSlice(NAME, end - NAME).toArray(JAVA_BYTE);
  }

  /** Some file systems do not tell the type; null when the entry is gone since. */
  private @Nullable FileType type(MemorySegment entry, Name name) throws StorageException {
    int told = entry.get(JAVA_BYTE, TYPE);
    for (FileType type : FileType.values()) {
      if (type.bits() >> 12 == told) {
        return type;
      }
    }
    try {
      return Stats.ofName(fd, name).type();
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return null;
      }
      throw e;
    }
  }
}
