package dev.vfo.apply;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.ForeignChangeException;
import dev.vfo.Identities;
import dev.vfo.VfoException;
import dev.vfo.changes.Location;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** Broken appliers, each with one mistake that could be made: the tests must find all of them. */
class ApplierCanaryTest {
  private static final int MAX_SCENARIOS = 150;

  /** Makes an apply that is wrong. */
  interface BrokenRun {
    ApplyRun make(ApplyContext context, SpaceReserve reserve, AppliedMark mark);
  }

  /** Which calls a storage leaves out at the moment. */
  static final class Deafness {
    boolean toAllSyncs;
    boolean toDirectorySyncs;
    boolean toFileSyncs;
    int toDescriptor = -1;

    boolean isTo(Storage storage, String method, Object[] arguments) throws StorageException {
      boolean sync = method.equals("sync") || method.equals("dataSync");
      if (method.equals("syncFileSystem")) {
        return toAllSyncs;
      }
      if (!sync) {
        return false;
      }
      int fd = (Integer) arguments[0];
      boolean directory = storage.stat(fd).type() == FileType.DIRECTORY;
      return toAllSyncs || fd == toDescriptor || (directory ? toDirectorySyncs : toFileSyncs);
    }
  }

  private static ApplyWorld.Maker broken(BrokenRun run) {
    return target ->
        new Applier(target, new ReentrantLock(), ApplyObserver.NONE, SpaceReserve.NONE) {
          @Override
          ApplyRun newRun(ApplyContext context, SpaceReserve reserve, AppliedMark mark) {
            return run.make(context, reserve, mark);
          }
        };
  }

  /** An applier whose storage can be deaf, and which phase makes it so. */
  private static ApplyWorld.Maker deaf(DeafRun run) {
    return target -> {
      Deafness deafness = new Deafness();
      Storage storage = target.storage();
      Storage tampered =
          Tampered.with(
              storage,
              (method, arguments, rest) ->
                  deafness.isTo(storage, method, arguments) ? null : rest.call());
      ApplyTarget other =
          new ApplyTarget(
              tampered, target.rootId(), target.rootFd(), target.stageFd(), target.fileSystemFd());
      return broken((context, reserve, mark) -> run.make(context, reserve, mark, deafness))
          .make(other);
    };
  }

  /** Makes an apply that can make its storage deaf. */
  interface DeafRun {
    ApplyRun make(ApplyContext context, SpaceReserve reserve, AppliedMark mark, Deafness deafness);
  }

  private static void assertCaught(String canary, ApplyWorld.Maker maker) throws Exception {
    long recoveries = 0;
    for (long seed = 1; seed <= MAX_SCENARIOS; seed++) {
      CrashRuns runs = new CrashRuns(Scenario.random(seed), maker);
      try {
        runs.everywhere(seed);
      } catch (AssertionError | StorageException | VfoException | IllegalArgumentException e) {
        recoveries += runs.recoveries();
        System.out.println(canary + ": caught after " + recoveries + " recoveries");
        return;
      }
      recoveries += runs.recoveries();
    }
    assertTrue(false, canary + " was not caught in " + recoveries + " recoveries");
  }

  @Test
  void stageThatIsNotSynced() throws Exception {
    assertCaught(
        "stage that is not synced",
        deaf((context, reserve, mark, deafness) ->
            new ApplyRun(context, reserve, mark) {
              @Override
              void stage() throws StorageException {
                deafness.toAllSyncs = true;
                super.stage();
                deafness.toAllSyncs = false;
              }
            }));
  }

  @Test
  void stageWhoseNamesAreNotSynced() throws Exception {
    assertCaught(
        "stage whose names are not synced",
        deaf((context, reserve, mark, deafness) ->
            new ApplyRun(context, reserve, mark) {
              @Override
              void stage() throws StorageException {
                deafness.toDirectorySyncs = true;
                super.stage();
                deafness.toDirectorySyncs = false;
              }
            }));
  }

  @Test
  void planThatIsNotSynced() throws Exception {
    assertCaught(
        "plan that is not synced",
        deaf((context, reserve, mark, deafness) ->
            new ApplyRun(context, reserve, mark) {
              @Override
              void writePlan() throws StorageException, ForeignChangeException {
                deafness.toDirectorySyncs = true;
                super.writePlan();
                deafness.toDirectorySyncs = false;
              }
            }));
  }

  @Test
  void planThatIsFoundAndNotSynced() throws Exception {
    assertCaught(
        "plan that is found and not synced",
        deaf((context, reserve, mark, deafness) ->
            new ApplyRun(context, reserve, mark) {
              @Override
              Map<Long, FileIdentity> run() throws StorageException, VfoException {
                if (hasPlan(context)) {
                  deafness.toDescriptor = context.target().stageFd();
                }
                return super.run();
              }
            }));
  }

  private static boolean hasPlan(ApplyContext context) throws StorageException {
    Name plan = StageNames.plan(context.tree().changes.layer());
    ApplyTarget target = context.target();
    return ApplyErrors.statOrNull(target.storage(), target.stageFd(), plan) != null;
  }

  @Test
  void planThatIsSkipped() throws Exception {
    assertCaught(
        "plan that is skipped",
        broken((context, reserve, mark) ->
            new ApplyRun(context, reserve, mark) {
              @Override
              Map<Long, FileIdentity> run() throws StorageException, VfoException {
                if (hasPlan(context)) {
                  Name plan = StageNames.plan(context.tree().changes.layer());
                  context.target().storage().unlink(context.target().stageFd(), plan);
                }
                return super.run();
              }
            }));
  }

  @Test
  void homeDirectoriesThatAreNotSynced() throws Exception {
    assertCaught(
        "home directories that are not synced",
        deaf((context, reserve, mark, deafness) ->
            new ApplyRun(context, reserve, mark) {
              @Override
              void finish(SyncSet syncs, AppliedMark applied) throws StorageException {
                deafness.toDirectorySyncs = true;
                super.finish(
                    syncs,
                    () -> {
                      deafness.toDirectorySyncs = false;
                      applied.write();
                    });
              }
            }));
  }

  @Test
  void homeFilesThatAreNotSynced() throws Exception {
    assertCaught(
        "home files that are not synced",
        deaf((context, reserve, mark, deafness) ->
            new ApplyRun(context, reserve, mark) {
              @Override
              void finish(SyncSet syncs, AppliedMark applied) throws StorageException {
                deafness.toFileSyncs = true;
                super.finish(syncs, applied);
                deafness.toFileSyncs = false;
              }
            }));
  }

  @Test
  void markBeforeTheSync() throws Exception {
    assertCaught(
        "mark before the sync",
        broken((context, reserve, mark) ->
            new ApplyRun(context, reserve, mark) {
              @Override
              void finish(SyncSet syncs, AppliedMark applied) throws StorageException {
                applied.write();
                super.finish(syncs, () -> {});
              }
            }));
  }

  @Test
  void patchesThatAreNotRepeated() throws Exception {
    assertCaught(
        "patches that are not repeated",
        broken((context, reserve, mark) ->
            new ApplyRun(context, reserve, mark) {
              @Override
              void patch(SyncSet syncs, Plan plan, OpenFile planFile, boolean again)
                  throws StorageException, ForeignChangeException {
                if (!again) {
                  super.patch(syncs, plan, planFile, false);
                }
              }
            }));
  }

  @Test
  void oldContentThatIsNotRestored() throws Exception {
    assertCaught(
        "old content that is not restored",
        broken((context, reserve, mark) ->
            new ApplyRun(context, reserve, mark) {
              @Override
              void patch(SyncSet syncs, Plan plan, OpenFile planFile, boolean again)
                  throws StorageException, ForeignChangeException {
                super.patch(syncs, plan, planFile, false);
              }
            }));
  }

  @Test
  void attributesBeforeNames() throws Exception {
    assertCaught(
        "attributes before names",
        broken((context, reserve, mark) ->
            new ApplyRun(context, reserve, mark) {
              @Override
              void place() {}

              @Override
              void adjust(SyncSet syncs) throws StorageException, ForeignChangeException {
                super.adjust(syncs);
                super.place();
              }
            }));
  }

  /**
   * Believes that a name stands for what the record says that it stood for before the layer, if it
   * is there at all.
   */
  @Test
  void renamesByOrderInsteadOfIdentity() throws Exception {
    ApplyWorld.Maker maker =
        target -> {
          Map<Location, FileIdentity> believed = new HashMap<>();
          Storage storage = target.storage();
          Storage tampered =
              Tampered.with(
                  storage,
                  (method, arguments, rest) -> {
                    Object answer = rest.call();
                    if (method.equals("stat") && arguments.length == 2) {
                      long directory = storage.stat((Integer) arguments[0]).identity().inode();
                      FileIdentity identity =
                          believed.get(new Location(directory, (Name) arguments[1]));
                      return identity == null || answer == null
                          ? answer
                          : Identities.withIdentity((FileStat) answer, identity);
                    }
                    return answer;
                  });
          ApplyTarget other =
              new ApplyTarget(
                  tampered,
                  target.rootId(),
                  target.rootFd(),
                  target.stageFd(),
                  target.fileSystemFd());
          return broken(
                  (context, reserve, mark) -> {
                    believed.clear();
                    for (Slot slot : context.tree().changedSlots()) {
                      FileIdentity directory = slot.directory.identity();
                      FileIdentity identity = slot.before == null ? null : slot.before.identity();
                      if (directory != null && identity != null) {
                        believed.put(new Location(directory.inode(), slot.name), identity);
                      }
                    }
                    return new ApplyRun(context, reserve, mark) {
                      @Override
                      void adjust(SyncSet syncs) throws StorageException, ForeignChangeException {
                        believed.clear();
                        super.adjust(syncs);
                      }
                    };
                  })
              .make(other);
        };
    assertCaught("renames by order instead of identity", maker);
  }

  /** The healthy one does not set the alarm off; the others are compared with it. */
  @Test
  void noFalseAlarm() throws Exception {
    for (long seed = 1; seed <= 5; seed++) {
      new CrashRuns(Scenario.random(seed), ApplyWorld.PLAIN).everywhere(seed);
    }
  }
}
