package dev.vfo;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.model.OpenFlags;
import dev.vfo.testkit.model.UnnamedFiles;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** O_TMPFILE and linkat, as the kernel has them. */
public final class KernelUnnamedFiles implements UnnamedFiles {
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 02000000;
  private static final int O_TMPFILE = 020200000;
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_FOLLOW = 0x400;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPEN =
      handle(
          "openat",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(3));
  private static final MethodHandle LINK =
      handle(
          "linkat",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle UMASK =
      handle("umask", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  @SuppressWarnings("restricted")
  private static MethodHandle handle(
      String name, FunctionDescriptor types, Linker.Option... options) {
    Linker.Option[] all = new Linker.Option[options.length + 1];
    System.arraycopy(options, 0, all, 0, options.length);
    all[options.length] = Linker.Option.captureCallState("errno");
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), types, all);
  }

  /** A call that is told where errno goes. */
  private interface Call {
    int run(MemorySegment state, Arena arena) throws Throwable;
  }

  private static int call(String name, Call call) throws StorageException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result;
      try {
        result = call.run(state, arena);
      } catch (Throwable e) {
        throw new LinkageError(name, e);
      }
      if (result < 0) {
        throw new StorageException(Errno.of((int) ERRNO.get(state, 0L)), name, "unnamed");
      }
      return result;
    }
  }

  @Override
  public int open(int directory, OpenFlags flags, int mode) throws StorageException {
    int mask = umask(0);
    try {
      return call(
          "openat",
          (state, arena) ->
              (int)
                  OPEN.invokeExact(
                      state,
                      directory,
                      arena.allocateFrom("."),
                      O_TMPFILE | O_RDWR | O_CLOEXEC,
                      mode));
    } finally {
      umask(mask);
    }
  }

  // The histories say the whole mode; tests of this module run one after the other.
  private static int umask(int mask) throws StorageException {
    return call("umask", (state, arena) -> (int) UMASK.invokeExact(state, mask));
  }

  @Override
  public void link(int fd, int directory, Name name) throws StorageException {
    byte[] bytes = name.bytes();
    call(
        "linkat",
        (state, arena) -> {
          MemorySegment to = arena.allocate(bytes.length + 1L);
          to.copyFrom(MemorySegment.ofArray(bytes));
          MemorySegment from = arena.allocateFrom("/proc/self/fd/" + fd, UTF_8);
          return (int) LINK.invokeExact(state, AT_FDCWD, from, directory, to, AT_SYMLINK_FOLLOW);
        });
  }
}
