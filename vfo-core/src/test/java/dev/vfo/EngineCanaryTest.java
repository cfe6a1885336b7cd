package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.vfo.storage.DirectoryVisitor;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.harness.CrashHarness;
import dev.vfo.testkit.harness.FaultHarness;
import dev.vfo.testkit.harness.ForwardingStorage;
import dev.vfo.testkit.harness.HarnessOptions;
import dev.vfo.testkit.harness.HistoryFailure;
import dev.vfo.testkit.history.HistoryGenerator;
import dev.vfo.testkit.history.Profile;
import dev.vfo.testkit.history.SubjectFactory;
import dev.vfo.testkit.model.AccessLists;
import dev.vfo.testkit.model.ModelXattrs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Engines that are broken on purpose, each in one way: the simulator must catch every one, or it is
 * too weak to be believed when it finds nothing. What is broken is the storage that the engine
 * gets, or what is injected; never the shipped code.
 */
class EngineCanaryTest {
  private static final int HISTORIES = 1500;
  private static final HarnessOptions OPTIONS =
      HarnessOptions.defaults().withCrashes(60, 1, 2).withFaultRuns(4);

  private static void assertCaught(SubjectFactory broken) {
    List<HistoryGenerator> kinds = Profile.ALL.stream().map(HistoryGenerator::new).toList();
    assertThrows(
        HistoryFailure.class,
        () -> {
          for (int seed = 1; seed <= HISTORIES; seed++) {
            var history = kinds.get(seed % kinds.size()).generate(seed);
            new CrashHarness(broken, OPTIONS).run(history);
            new FaultHarness(broken, OPTIONS).run(history);
          }
        },
        "not caught in " + HISTORIES + " histories");
  }

  private static void assertCaught(UnaryOperator<Storage> breaking) {
    assertCaught((storage, root, clock) -> new EngineSubject(breaking.apply(storage), root, clock));
  }

  /** A storage that knows the names of what it opens. */
  private static class NamedStorage extends ForwardingStorage {
    private final Map<Integer, Name> names = new HashMap<>();

    NamedStorage(Storage target) {
      super(target);
    }

    @Override
    public int open(int directory, Name name, int flags, int mode) throws StorageException {
      int fd = super.open(directory, name, flags, mode);
      names.put(fd, name);
      return fd;
    }

    boolean isNamed(int fd, String text) {
      Name name = names.get(fd);
      return name != null && name.toString().equals(text);
    }

    boolean isDirectory(int fd) throws StorageException {
      return stat(fd).type() == FileType.DIRECTORY;
    }
  }

  @Test
  void devicesWithoutTheirNumbers() {
    assertCaught(target ->
        new NamedStorage(target) {
          @Override
          public void makeNode(int directory, Name name, FileType type, int mode, long device)
              throws StorageException {
            super.makeNode(directory, name, type, mode, 0);
          }
        });
  }

  @Test
  void holesThatAreNotPunched() {
    assertCaught(target ->
        new NamedStorage(target) {
          @Override
          public void punchHole(int fd, long offset, long lengthBytes) {}
        });
  }

  @Test
  void extendedAttributesThatAreNotTakenAway() {
    assertCaught(target ->
        new NamedStorage(target) {
          @Override
          public void removeXattr(int directory, Name name, String attribute) {}
        });
  }

  /** A storage that does not set an extended attribute. */
  private static Storage without(Storage target, String left) {
    return new NamedStorage(target) {
      @Override
      public void setXattr(int fd, String attribute, byte[] value) throws StorageException {
        if (!attribute.equals(left)) {
          super.setXattr(fd, attribute, value);
        }
      }

      @Override
      public void setXattr(int directory, Name name, String attribute, byte[] value)
          throws StorageException {
        if (!attribute.equals(left)) {
          super.setXattr(directory, name, attribute, value);
        }
      }
    };
  }

  /** As when attributes were set before the owner is, or before the content is written. */
  @Test
  void capabilitiesThatGetLost() {
    assertCaught(target -> without(target, ModelXattrs.CAPABILITY));
  }

  @Test
  void accessListsThatGetLost() {
    assertCaught(target -> without(target, AccessLists.ACCESS));
  }

  @Test
  void writesOfNothingThatAreLeftOut() {
    assertCaught(target ->
        new NamedStorage(target) {
          @Override
          public void truncate(int fd, long sizeBytes) throws StorageException {
            if (stat(fd).sizeBytes() != sizeBytes) {
              super.truncate(fd, sizeBytes);
            }
          }
        });
  }

  @Test
  void filesThatAreNotSynced() {
    assertCaught(target ->
        new NamedStorage(target) {
          @Override
          public void sync(int fd) throws StorageException {
            if (isDirectory(fd)) {
              super.sync(fd);
            }
          }
        });
  }

  @Test
  void directoriesThatAreNotSynced() {
    assertCaught(target ->
        new NamedStorage(target) {
          @Override
          public void sync(int fd) throws StorageException {
            if (!isDirectory(fd)) {
              super.sync(fd);
            }
          }
        });
  }

  @Test
  void aFileSystemThatIsNotSynced() {
    assertCaught(target ->
        new NamedStorage(target) {
          @Override
          public void syncFileSystem(int fd) {}
        });
  }

  @Test
  void recordsThatAreNotSynced() {
    assertCaught(target ->
        new NamedStorage(target) {
          @Override
          public int open(int directory, Name name, int flags, int mode) throws StorageException {
            return super.open(directory, name, flags & ~OpenFlag.DATA_SYNC, mode);
          }
        });
  }

  @Test
  void aMarkThatIsNotSynced() {
    assertCaught(target ->
        new NamedStorage(target) {
          @Override
          public void dataSync(int fd) throws StorageException {
            if (!isNamed(fd, "applied")) {
              super.dataSync(fd);
            }
          }
        });
  }

  /** What is placed in home is synced only when the mark that says so is durable. */
  @Test
  void aMarkThatIsWrittenTooEarly() {
    assertCaught(target ->
        new NamedStorage(target) {
          private final List<Integer> late = new ArrayList<>();
          private boolean placing;

          @Override
          public int open(int directory, Name name, int flags, int mode) throws StorageException {
            // Everything up to the plan is durable when it is read.
            placing |= isPlan(name) && flags == OpenFlag.READ;
            return super.open(directory, name, flags, mode);
          }

          @Override
          public void sync(int fd) throws StorageException {
            if (placing) {
              late.add(fd);
            } else {
              super.sync(fd);
            }
          }

          @Override
          public void syncFileSystem(int fd) throws StorageException {
            if (placing) {
              late.add(fd);
            } else {
              super.syncFileSystem(fd);
            }
          }

          @Override
          public void dataSync(int fd) throws StorageException {
            super.dataSync(fd);
            if (isNamed(fd, "applied")) {
              placing = false;
              for (int each : late) {
                super.sync(each);
              }
              late.clear();
            }
          }
        });
  }

  private static boolean isPlan(Name name) {
    return name.toString().endsWith(".plan");
  }

  @Test
  void aReserveThatIsNotKept() {
    assertCaught(target ->
        new NamedStorage(target) {
          @Override
          public void allocate(int fd, long offset, long lengthBytes, boolean keepSize)
              throws StorageException {
            if (!isNamed(fd, "reserve")) {
              super.allocate(fd, offset, lengthBytes, keepSize);
            }
          }
        });
  }

  /**
   * Recovery never finds a plan of an earlier process, and begins from nothing whatever was done.
   */
  @Test
  void aPlanThatIsSkipped() {
    assertCaught(target ->
        new NamedStorage(target) {
          private final Set<Name> own = new HashSet<>();

          private boolean isHidden(Name name) {
            return isPlan(name) && !own.contains(name);
          }

          @Override
          public void rename(
              int fromDirectory, Name from, int toDirectory, Name to, RenameMode mode)
              throws StorageException {
            super.rename(fromDirectory, from, toDirectory, to, mode);
            own.add(to);
          }

          @Override
          public int open(int directory, Name name, int flags, int mode) throws StorageException {
            if (isHidden(name)) {
              throw new StorageException(Errno.ENOENT, "open", name.toString());
            }
            return super.open(directory, name, flags, mode);
          }

          @Override
          public void list(int directory, DirectoryVisitor visitor) throws StorageException {
            super.list(
                directory,
                (name, inode, type) -> isHidden(name) || visitor.visit(name, inode, type));
          }
        });
  }

  @Test
  void recycledSegmentsWithoutASalt() {
    RandomGenerator constant = () -> 42;
    assertCaught((storage, root, clock) ->
        new EngineSubject(root, EngineSubject.options(storage, clock).withRandom(constant)));
  }

  /** Files that are never cut: what lies behind their end comes back when they grow. */
  @Test
  void cutsThatAreLeftOut() {
    assertCaught(target ->
        new NamedStorage(target) {
          @Override
          public void truncate(int fd, long sizeBytes) throws StorageException {
            if (isNamed(fd, "reserve") || sizeBytes > stat(fd).sizeBytes()) {
              super.truncate(fd, sizeBytes);
            }
          }
        });
  }
}
