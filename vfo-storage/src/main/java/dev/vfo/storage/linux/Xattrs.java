package dev.vfo.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Extended attributes of a name, itself: its path is the one by which the kernel shows the open
 * directory, and the name.
 */
final class Xattrs {
  private static final int MAX_NAME_BYTES = 255;

  private Xattrs() {}

  /** As {@code Storage.getXattr} says. */
  static byte[] get(int directory, Name name, String attribute) throws StorageException {
    Kernel kernel = Kernel.get();
    CallMemory memory = kernel.memory;
    long length =
        kernel.call(
            SystemCall.LGETXATTR,
            memory.descriptorPath(directory, name),
            attribute(memory, "get", attribute),
            memory.large().address(),
            CallMemory.LARGE_BYTES);
    if (length < 0) {
      throw failure(kernel, "get", attribute, directory, name);
    }
    return memory.largeBytes(length);
  }

  /** As {@code Storage.setXattr} says. */
  static void set(int directory, Name name, String attribute, byte[] value)
      throws StorageException {
    Kernel kernel = Kernel.get();
    CallMemory memory = kernel.memory;
    if (value.length > CallMemory.LARGE_BYTES) {
      throw new StorageException(Errno.ERANGE, "set attribute", attribute + " of " + name);
    }
    MemorySegment.copy(value, 0, memory.large(), JAVA_BYTE, 0, value.length);
    long result =
        kernel.call(
            SystemCall.LSETXATTR,
            memory.descriptorPath(directory, name),
            attribute(memory, "set", attribute),
            memory.large().address(),
            value.length);
    if (result < 0) {
      throw failure(kernel, "set", attribute, directory, name);
    }
  }

  /** As {@code Storage.removeXattr} says. */
  static void remove(int directory, Name name, String attribute) throws StorageException {
    Kernel kernel = Kernel.get();
    CallMemory memory = kernel.memory;
    long path = memory.descriptorPath(directory, name);
    long result =
        kernel.call(SystemCall.LREMOVEXATTR, path, attribute(memory, "remove", attribute));
    if (result < 0) {
      throw failure(kernel, "remove", attribute, directory, name);
    }
  }

  /** As {@code Storage.listXattrs} says. */
  static List<String> list(int directory, Name name) throws StorageException {
    Kernel kernel = Kernel.get();
    CallMemory memory = kernel.memory;
    long path = memory.descriptorPath(directory, name);
    long large = memory.large().address();
    long length = kernel.call(SystemCall.LLISTXATTR, path, large, CallMemory.LARGE_BYTES);
    if (length < 0) {
      throw Descriptors.failure(kernel, "list attributes of", directory, name);
    }
    return split(memory.largeBytes(length));
  }

  private static List<String> split(byte[] names) {
    List<String> result = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < names.length; i++) {
      if (names[i] == 0) {
        result.add(XattrNames.decode(names, begin, i));
        begin = i + 1;
      }
    }
    return result;
  }

  private static long attribute(CallMemory memory, String verb, String attribute)
      throws StorageException {
    byte[] bytes = XattrNames.encode(attribute);
    if (bytes.length == 0 || bytes.length > MAX_NAME_BYTES) {
      throw new StorageException(Errno.ERANGE, verb + " attribute", attribute);
    }
    if (attribute.indexOf(0) >= 0) {
      throw new StorageException(Errno.EINVAL, verb + " attribute", attribute);
    }
    return memory.otherName(bytes);
  }

  private static StorageException failure(
      Kernel kernel, String verb, String attribute, int directory, Name name) {
    String operation = verb + " attribute " + attribute + " of";
    return Descriptors.failure(kernel, operation, directory, name);
  }
}
