package dev.vfo.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vfo.storage.Name;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The native memory of one thread for the arguments and results of system calls. What a method puts
 * there is valid until the same method is called again; it is freed some time after the thread has
 * ended.
 */
final class CallMemory {
  /** Room for any value, or list, of extended attributes, and for any path. */
  static final int LARGE_BYTES = 65536;

  /** The longest path that the kernel takes, with the 0 behind it. */
  static final int PATH_BYTES = 4096;

  private static final byte[] DESCRIPTORS = ascii("/proc/self/fd/");
  private static final int NAME_BYTES = 256;

  /** What the method handles put the error number into. */
  final MemorySegment state;

  /** A struct statx, statfs or open_how, two struct timespec, or two offsets. */
  final MemorySegment struct;

  /** A struct file_handle and, behind it, the mount's number. */
  final MemorySegment handle;

  /** Address of an empty C string. */
  final long empty;

  /** Address of the C string ".". */
  final long dot;

  /** Address of the C string "..". */
  final long dotDot;

  private final MemorySegment first;
  private final MemorySegment second;
  private final MemorySegment path;
  private @Nullable MemorySegment large;

  CallMemory(long stateBytes) {
    // One segment, so that the one that each call holds open keeps all of it.
    Slicer slicer = new Slicer(Arena.ofAuto().allocate(8192, 8));
    state = slicer.next(stateBytes);
    struct = slicer.next(256);
    handle = slicer.next(8 + 128 + 8);
    first = slicer.next(NAME_BYTES);
    second = slicer.next(NAME_BYTES);
    path = slicer.next(PATH_BYTES);
    empty = constant(slicer, "");
    dot = constant(slicer, ".");
    dotDot = constant(slicer, "..");
  }

  /** The bytes of a text that has nothing but ASCII. */
  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static long constant(Slicer slicer, String text) {
    MemorySegment bytes = slicer.next(8);
    bytes.setString(0, text);
    return bytes.address();
  }

  /** Puts a name into memory as a C string; returns its address. */
  long name(Name name) {
    return put(first, 0, name);
  }

  /** The same in other memory, for calls with two names. */
  long otherName(Name name) {
    return put(second, 0, name);
  }

  private static long put(MemorySegment target, int at, Name name) {
    int length = name.length();
    for (int i = 0; i < length; i++) {
      target.set(JAVA_BYTE, at + i, name.byteAt(i));
    }
    target.set(JAVA_BYTE, at + length, (byte) 0);
    return target.address();
  }

  /**
   * Puts at most 255 bytes into the memory of {@link #otherName} as a C string; returns its
   * address.
   */
  long otherName(byte[] bytes) {
    return put(second, bytes);
  }

  /**
   * Puts a path of less than {@link #PATH_BYTES} into memory as a C string; returns its address.
   */
  long path(byte[] bytes) {
    return put(path, bytes);
  }

  private static long put(MemorySegment target, byte[] bytes) {
    MemorySegment.copy(bytes, 0, target, JAVA_BYTE, 0, bytes.length);
    target.set(JAVA_BYTE, bytes.length, (byte) 0);
    return target.address();
  }

  /** Puts the path by which the kernel shows an open file; returns its address. */
  long descriptorPath(int fd) {
    path.set(JAVA_BYTE, putDescriptor(fd), (byte) 0);
    return path.address();
  }

  /** Puts a path to a name in an open directory; returns its address. */
  long descriptorPath(int directory, Name name) {
    int length = putDescriptor(directory);
    path.set(JAVA_BYTE, length, (byte) '/');
    put(path, length + 1, name);
    return path.address();
  }

  private int putDescriptor(int fd) {
    MemorySegment.copy(DESCRIPTORS, 0, path, JAVA_BYTE, 0, DESCRIPTORS.length);
    byte[] digits = ascii(Integer.toString(fd));
    MemorySegment.copy(digits, 0, path, JAVA_BYTE, DESCRIPTORS.length, digits.length);
    return DESCRIPTORS.length + digits.length;
  }

  /** Puts three 64-bit numbers in a row; returns the first one's address. */
  long numbers(long one, long two, long three) {
    struct.set(JAVA_LONG, 0, one);
    struct.set(JAVA_LONG, 8, two);
    struct.set(JAVA_LONG, 16, three);
    return struct.address();
  }

  /** Sets one of two struct timespec. */
  void time(int index, long seconds, long nanos) {
    struct.set(JAVA_LONG, 16L * index, seconds);
    struct.set(JAVA_LONG, 16L * index + 8, nanos);
  }

  int intAt(long offset) {
    return struct.get(JAVA_INT, offset);
  }

  long longAt(long offset) {
    return struct.get(JAVA_LONG, offset);
  }

  /** {@link #LARGE_BYTES} bytes, which few threads need. */
  MemorySegment large() {
    MemorySegment current = large;
    if (current == null) {
      current = Arena.ofAuto().allocate(LARGE_BYTES, 4096);
      large = current;
    }
    return current;
  }

  /** The first bytes of {@link #large()}. */
  byte[] largeBytes(long length) {
    return large().asSlice(0, length).toArray(JAVA_BYTE);
  }

  /** The first bytes of {@link #large()} as text. */
  String largeText(long length) {
    return new String(largeBytes(length), StandardCharsets.UTF_8);
  }

  /** Cuts a segment into pieces that begin at multiples of 8. */
  private static final class Slicer {
    private final MemorySegment whole;
    private long used;

    Slicer(MemorySegment whole) {
      this.whole = whole;
    }

    MemorySegment next(long size) {
      MemorySegment piece = whole.asSlice(used, size);
      used += (size + 7) & ~7L;
      return piece;
    }
  }
}
