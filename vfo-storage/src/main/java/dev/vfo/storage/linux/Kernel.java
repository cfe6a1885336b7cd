package dev.vfo.storage.linux;

import static dev.vfo.storage.linux.Platform.AT_FDCWD;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * One thread's way into the kernel: makes system calls, holds the error number of the last one, and
 * owns the memory that arguments and results lie in. All calls go through the C library's {@code
 * syscall}, so that two method handles are enough; making one costs milliseconds at start.
 */
final class Kernel {
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

  /** The number and six arguments. */
  private static final MethodHandle CALL =
      handle(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  /**
   * The number, a descriptor, the caller's memory (kept open while the call lasts), length, offset.
   */
  private static final MethodHandle TRANSFER =
      handle(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);

  private static final ThreadLocal<Kernel> OF_THREAD = ThreadLocal.withInitial(Kernel::new);

  /** Arguments and results of calls of this thread. */
  final CallMemory memory = new CallMemory(STATE.byteSize());

  private final MemorySegment state = memory.state;

  private Kernel() {}

  /** That of the calling thread. */
  static Kernel get() {
    return OF_THREAD.get();
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("syscall"),
        FunctionDescriptor.of(JAVA_LONG, arguments),
        Linker.Option.firstVariadicArg(1),
        Linker.Option.captureCallState("errno"));
  }

  /** The error number of the last call that failed. */
  int errno() {
    return state.get(JAVA_INT, ERRNO);
  }

  /** Whether it is this one. */
  boolean failedWith(Errno errno) {
    return errno() == errno.number();
  }

  /** Makes a call, again when a signal interrupts it; -1 says that it failed. */
  long call(SystemCall call, long a, long b, long c, long d, long e, long f) {
    long result;
    do {
      result = callOnce(call, a, b, c, d, e, f);
    } while (result == -1 && errno() == Platform.EINTR);
    return result;
  }

  long call(SystemCall call, long a, long b, long c, long d, long e) {
    return call(call, a, b, c, d, e, 0);
  }

  long call(SystemCall call, long a, long b, long c, long d) {
    return call(call, a, b, c, d, 0, 0);
  }

  long call(SystemCall call, long a, long b, long c) {
    return call(call, a, b, c, 0, 0, 0);
  }

  long call(SystemCall call, long a, long b) {
    return call(call, a, b, 0, 0, 0, 0);
  }

  long call(SystemCall call, long a) {
    return call(call, a, 0, 0, 0, 0, 0);
  }

  /** Makes a call that must not be made again when a signal interrupts it. */
  long callOnce(SystemCall call, long a, long b, long c, long d, long e, long f) {
    try {
      return (long) CALL.invokeExact(state, call.number(), a, b, c, d, e, f);
    } catch (RuntimeException | Error thrown) {
      throw thrown;
    } catch (Throwable thrown) {
      throw new AssertionError("a system call throws nothing", thrown);
    }
  }

  /**
   * Reads or writes the caller's memory, again when a signal interrupts it; -1 says that it failed.
   */
  long transfer(SystemCall call, int fd, MemorySegment bytes, long lengthBytes, long offset) {
    long number = call.number();
    try {
      long result;
      do {
        result = (long) TRANSFER.invokeExact(state, number, (long) fd, bytes, lengthBytes, offset);
      } while (result == -1 && errno() == Platform.EINTR);
      return result;
    } catch (RuntimeException | Error thrown) {
      throw thrown;
    } catch (Throwable thrown) {
      throw new AssertionError("a system call throws nothing", thrown);
    }
  }

  /** The error of the last call, which was about an open file. */
  StorageException failure(String operation, int fd) {
    int number = errno();
    return new StorageException(number, operation, describe(fd));
  }

  /** The error of the last call, which was about a name. */
  StorageException failure(String operation, int directory, Name name) {
    return failure(errno(), operation, directory, name);
  }

  /** An error about a name. */
  StorageException failure(int number, String operation, int directory, Name name) {
    if (number == Errno.ENOENT.number()) {
      // Looking for what is not there is everyday business: not a further call for each.
      return new StorageException(number, operation, name.toString());
    }
    return new StorageException(number, operation, describe(directory, name));
  }

  /** An error about two names. */
  StorageException failure(
      int number, String operation, int fromDirectory, Name from, int toDirectory, Name to) {
    String subject = describe(fromDirectory, from) + " to " + describe(toDirectory, to);
    return new StorageException(number, operation, subject);
  }

  /** The error of the last call. */
  StorageException failure(String operation, String subject) {
    return new StorageException(errno(), operation, subject);
  }

  /** Where a name lies; for messages. */
  String describe(int directory, Name name) {
    return name + " in " + describe(directory);
  }

  /** The path that the kernel tells for a descriptor, if it tells one; for messages. */
  String describe(int fd) {
    long length =
        call(
            SystemCall.READLINKAT,
            AT_FDCWD,
            memory.descriptorPath(fd),
            memory.large().address(),
            CallMemory.LARGE_BYTES);
    String number = "descriptor " + fd;
    return length <= 0 ? number : memory.largeText(length) + " (" + number + ")";
  }
}
