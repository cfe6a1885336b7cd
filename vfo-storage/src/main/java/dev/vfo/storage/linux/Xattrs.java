package dev.vfo.storage.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.XattrNames;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Extended attributes. The path to a file is the one by which the kernel shows its open directory,
 * and its name; or that of its own descriptor, which leads to it whatever it is and however it was
 * opened.
 */
final class Xattrs {
  private static final int MAX_NAME_BYTES = 255;

  private Xattrs() {}

  /** A file, and the calls that lead to it. */
  private interface Target {
    /** Puts the path; returns its address. */
    long path(CallMemory memory);

    /** Chooses between the call for a name itself and the one that follows a descriptor's path. */
    SystemCall call(SystemCall named, SystemCall open);

    StorageException failure(Kernel kernel, String operation);
  }

  private record Named(int directory, Name name) implements Target {
    @Override
    public long path(CallMemory memory) {
      return memory.descriptorPath(directory, name);
    }

    @Override
    public SystemCall call(SystemCall named, SystemCall open) {
      return named;
    }

    @Override
    public StorageException failure(Kernel kernel, String operation) {
      return Descriptors.failure(kernel, operation, directory, name);
    }
  }

  private record Open(int fd) implements Target {
    @Override
    public long path(CallMemory memory) {
      return memory.descriptorPath(fd);
    }

    @Override
    public SystemCall call(SystemCall named, SystemCall open) {
      return open;
    }

    @Override
    public StorageException failure(Kernel kernel, String operation) {
      return kernel.failure(operation, fd);
    }
  }

  /** As {@code Storage.getXattr} says. */
  static byte[] get(int directory, Name name, String attribute) throws StorageException {
    return get(new Named(directory, name), attribute);
  }

  /** Likewise. */
  static byte[] get(int fd, String attribute) throws StorageException {
    return get(new Open(fd), attribute);
  }

  private static byte[] get(Target target, String attribute) throws StorageException {
    Kernel kernel = Kernel.get();
    CallMemory memory = kernel.memory;
    long length =
        kernel.call(
            target.call(SystemCall.LGETXATTR, SystemCall.GETXATTR),
            target.path(memory),
            attribute(memory, "get", attribute),
            memory.large().address(),
            CallMemory.LARGE_BYTES);
    if (length < 0) {
      throw failure(target, kernel, "get", attribute);
    }
    return memory.largeBytes(length);
  }

  /** As {@code Storage.setXattr} says. */
  static void set(int directory, Name name, String attribute, byte[] value)
      throws StorageException {
    set(new Named(directory, name), attribute, value);
  }

  /** Likewise. */
  static void set(int fd, String attribute, byte[] value) throws StorageException {
    set(new Open(fd), attribute, value);
  }

  private static void set(Target target, String attribute, byte[] value) throws StorageException {
    Kernel kernel = Kernel.get();
    CallMemory memory = kernel.memory;
    long name = attribute(memory, "set", attribute);
    if (value.length > CallMemory.LARGE_BYTES) {
      throw new StorageException(Errno.E2BIG, "set attribute", attribute);
    }
    MemorySegment.copy(value, 0, memory.large(), JAVA_BYTE, 0, value.length);
    long result =
        kernel.call(
            target.call(SystemCall.LSETXATTR, SystemCall.SETXATTR),
            target.path(memory),
            name,
            memory.large().address(),
            value.length);
    if (result < 0) {
      throw failure(target, kernel, "set", attribute);
    }
  }

  /** As {@code Storage.removeXattr} says. */
  static void remove(int directory, Name name, String attribute) throws StorageException {
    remove(new Named(directory, name), attribute);
  }

  /** Likewise. */
  static void remove(int fd, String attribute) throws StorageException {
    remove(new Open(fd), attribute);
  }

  private static void remove(Target target, String attribute) throws StorageException {
    Kernel kernel = Kernel.get();
    CallMemory memory = kernel.memory;
    long result =
        kernel.call(
            target.call(SystemCall.LREMOVEXATTR, SystemCall.REMOVEXATTR),
            target.path(memory),
            attribute(memory, "remove", attribute));
    if (result < 0) {
      throw failure(target, kernel, "remove", attribute);
    }
  }

  /** As {@code Storage.listXattrs} says. */
  static List<String> list(int directory, Name name) throws StorageException {
    return list(new Named(directory, name));
  }

  /** Likewise. */
  static List<String> list(int fd) throws StorageException {
    return list(new Open(fd));
  }

  private static List<String> list(Target target) throws StorageException {
    Kernel kernel = Kernel.get();
    CallMemory memory = kernel.memory;
    long length =
        kernel.call(
            target.call(SystemCall.LLISTXATTR, SystemCall.LISTXATTR),
            target.path(memory),
            memory.large().address(),
            CallMemory.LARGE_BYTES);
    if (length < 0) {
      throw target.failure(kernel, "list attributes of");
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
      Target target, Kernel kernel, String verb, String attribute) {
    return target.failure(kernel, verb + " attribute " + attribute + " of");
  }
}
