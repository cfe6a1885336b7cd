package dev.vfo.run.stop;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A control group of our own, for the processes of one job and all that they start. Thread safe.
 */
public final class Cgroup implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Cgroup.class.getName());
  private static final String PREFIX = "vfo-";
  private static final String PROCESSES = "cgroup.procs";
  private static final String V2 = "cgroup2";
  private static final String V1 = "cgroup";

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Path folder;
  private final boolean isV2;

  private Cgroup(Path folder, boolean isV2) {
    this.folder = folder;
    this.isV2 = isV2;
  }

  /**
   * Makes one below this process' own, in the hierarchy of version 2 if it can be stopped there,
   * else in that of the freezer of version 1.
   *
   * @param name a file name; no other job has it
   * @return empty when there is no such hierarchy, or we may not make a group in it
   */
  public static Optional<Cgroup> make(String name) throws IOException {
    Optional<Cgroup> modern = makeV2(name);
    return modern.isPresent() ? modern : makeV1(name);
  }

  /** The same in the hierarchy of version 2 only. */
  static Optional<Cgroup> makeV2(String name) throws IOException {
    return make(name, true);
  }

  /** The same in that of the freezer of version 1. */
  static Optional<Cgroup> makeV1(String name) throws IOException {
    return make(name, false);
  }

  private static Optional<Cgroup> make(String name, boolean isV2) throws IOException {
    Optional<Path> own = own(isV2);
    if (own.isEmpty()) {
      return Optional.empty();
    }
    sweep(own.get());
    Path folder = own.get().resolve(PREFIX + name);
    try {
      Files.createDirectory(folder);
    } catch (FileSystemException e) {
      LOG.log(Level.DEBUG, "no group", e);
      return Optional.empty();
    }
    Cgroup made = new Cgroup(folder, isV2);
    if (Files.exists(folder.resolve(isV2 ? "cgroup.freeze" : "freezer.state"))) {
      return Optional.of(made);
    }
    made.close();
    return Optional.empty();
  }

  // Those of jobs whose supervisor was killed; one that has processes cannot be removed.
  private static void sweep(Path parent) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path each : left) {
        try {
          Files.delete(each);
        } catch (FileSystemException e) {
          LOG.log(Level.DEBUG, "a group in use", e);
        }
      }
    }
  }

  /** The folder of the group that this process is in. */
  private static Optional<Path> own(boolean isV2) throws IOException {
    Optional<Path> mount = mount(isV2);
    Optional<String> path = path(isV2);
    if (mount.isEmpty() || path.isEmpty()) {
      return Optional.empty();
    }
    Path folder = mount.get().resolve(path.get().substring(1)).normalize();
    // In a namespace, or a container, the path may be that of somebody else's view.
    return Optional.of(Files.isDirectory(folder) ? folder : mount.get());
  }

  // A line is: device mount-point type options 0 0.
  private static Optional<Path> mount(boolean isV2) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/mounts"))) {
      return lines
          .map(line -> line.split(" ", -1))
          .filter(line -> line[2].equals(isV2 ? V2 : V1))
          .filter(line -> isV2 || ("," + line[3] + ",").contains(",freezer,"))
          .map(line -> Path.of(line[1]))
          .findFirst();
    }
  }

  // A line is: number:controllers:path.
  private static Optional<String> path(boolean isV2) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/cgroup"))) {
      return lines
          .map(line -> line.split(":", 3))
          .filter(line -> isV2 ? line[1].isEmpty() : ("," + line[1] + ",").contains(",freezer,"))
          .map(line -> line[2])
          .findFirst();
    }
  }

  /** Takes a process in; what it starts from now on is in it, too. */
  public void add(long pid) throws IOException {
    Files.writeString(folder.resolve(PROCESSES), Long.toString(pid));
  }

  /** The file that a process writes 0 to, to be taken in. */
  public Path processes() {
    return folder.resolve(PROCESSES);
  }

  /** What stops all that is in it. */
  public Stopper stopper() {
    return isV2
        ? new CgroupFreezer(folder, "cgroup.freeze", "1", "0", "cgroup.events", "frozen 1")
        : new CgroupFreezer(folder, "freezer.state", "FROZEN", "THAWED", "freezer.state", "FROZEN");
  }

  /** Asks all that is in it to end. */
  public void terminate() throws IOException {
    for (ProcessHandle process : members()) {
      process.destroy();
    }
  }

  /** Ends all that is in it, and waits until it is empty. */
  public void kill() throws IOException {
    stopper().resume();
    for (List<ProcessHandle> left = members(); !left.isEmpty(); left = members()) {
      for (ProcessHandle process : left) {
        process.destroyForcibly();
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private List<ProcessHandle> members() throws IOException {
    return Files.readAllLines(folder.resolve(PROCESSES)).stream()
        .map(line -> ProcessHandle.of(Long.parseLong(line)))
        .flatMap(Optional::stream)
        .toList();
  }

  /** Removes it; it must be empty. */
  @Override
  public void close() throws IOException {
    try {
      Files.delete(folder);
    } catch (NoSuchFileException e) {
      // Somebody else has removed it: that is what was wanted.
    }
  }
}
