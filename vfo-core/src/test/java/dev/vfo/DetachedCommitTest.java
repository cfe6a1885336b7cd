package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.harness.ForwardingStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Detached steps that are committed by a manager, on the real disk. */
class DetachedCommitTest extends DetachedFixture {
  @Test
  void severalCanBePendingAndTheSecondIsToldWhatTheFirstChanged() throws IOException {
    try (DetachedStep first = open("first");
        DetachedStep second = open("second");
        DetachedStep third = open("third")) {
      first.tree().writeAll("x", "1".getBytes(UTF_8));
      second.tree().writeAll("x", "2".getBytes(UTF_8));
      third.tree().writeAll("y", "3".getBytes(UTF_8));
      try (VirtualFileManager manager = manager()) {
        first.commitTo(manager, State.empty());
        ForeignChangeException conflict =
            assertThrows(
                ForeignChangeException.class, () -> second.commitTo(manager, State.empty()));
        assertEquals("x", conflict.path());
        third.commitTo(manager, State.empty());
        assertEquals(2, manager.lastCheckpoint().orElseThrow().number());
      }
      assertEquals("1", Files.readString(root.resolve("x")));
      assertEquals("3", Files.readString(root.resolve("y")));
      // It is still there, and can be committed when the way is free.
      Files.delete(root.resolve("x"));
      try (VirtualFileManager manager = manager()) {
        second.commitTo(manager, State.empty());
      }
      assertEquals("2", Files.readString(root.resolve("x")));
    }
  }

  @Test
  void whatSomebodyElseChangedMeanwhileIsListed() throws IOException {
    try (DetachedStep step = open("step");
        VirtualFileManager manager = manager()) {
      // The manager knows the files from before: that is not what counts.
      assertEquals("first", new String(manager.tree().readAll("a"), UTF_8));
      assertEquals("second", new String(manager.tree().readAll("d/b"), UTF_8));
      Files.writeString(root.resolve("a"), "changed before the step saw it");
      change(step);
      step.tree().writeAll("a", "ours".getBytes(UTF_8));
      step.park();
      step.tree().writeAll("e/b", "ours again".getBytes(UTF_8));
      step.park();
      Files.writeString(root.resolve("d/b"), "changed by another program");
      Files.writeString(root.resolve("new"), "made by another program");
      Files.delete(root.resolve("gone"));
      ForeignChangeException conflict =
          assertThrows(ForeignChangeException.class, () -> step.commitTo(manager, State.empty()));
      assertEquals(
          List.of("d/b was changed", "gone was moved or removed", "new was made"),
          conflict.conflicts().stream().map(Object::toString).toList());
      assertTrue(manager.lastCheckpoint().isEmpty());
      assertEquals("changed by another program", Files.readString(root.resolve("d/b")));
      assertEquals("made by another program", Files.readString(root.resolve("new")));
    }
  }

  @Test
  void aManagerThatKnewAFileBeforeTakesTheStepsChange() throws IOException {
    try (DetachedStep step = open("step");
        VirtualFileManager manager = manager()) {
      assertEquals("first", new String(manager.tree().readAll("a"), UTF_8));
      Files.writeString(root.resolve("a"), "longer than before");
      step.tree().truncate("a", 6);
      step.commitTo(manager, State.empty());
      assertEquals("longer", new String(manager.tree().readAll("a"), UTF_8));
      manager.awaitApplied();
      assertEquals("longer", Files.readString(root.resolve("a")));
    }
  }

  @Test
  void aManagerWithChangesOrOfAnotherRootDoesNotTakeIt() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    try (DetachedStep step = open("step");
        VirtualFileManager manager = manager();
        VirtualFileManager other = VirtualFileManager.open(elsewhere, Options.defaults())) {
      change(step);
      assertThrows(IllegalArgumentException.class, () -> step.commitTo(other, State.empty()));
      manager.tree().writeAll("own", new byte[1]);
      assertThrows(IllegalStateException.class, () -> step.commitTo(manager, State.empty()));
      assertTrue(manager.tree().exists("own"));
      manager.rollback();
      step.commitTo(manager, State.empty());
      manager.awaitApplied();
      assertChanged();
    }
  }

  /** The disk, but the folder of a step that was committed stays. */
  private static Options withoutRemoval() {
    return Options.defaults()
        .withStorage(
            new ForwardingStorage(new LinuxStorage()) {
              @Override
              public void rename(int from, Name fromName, int to, Name toName, RenameMode mode)
                  throws StorageException {
                if (toName.toString().endsWith(".discarded")) {
                  throw new StorageException(Errno.EIO, "rename", fromName.toString());
                }
                super.rename(from, fromName, to, toName, mode);
              }
            });
  }

  /** The disk, but the first sync behind a rename to an id fails. */
  private static final class FailingAdoption extends ForwardingStorage {
    private boolean fails;
    private boolean failed;

    FailingAdoption() {
      super(new LinuxStorage());
    }

    @Override
    public void rename(int from, Name fromName, int to, Name toName, RenameMode mode)
        throws StorageException {
      super.rename(from, fromName, to, toName, mode);
      fails = !failed && toName.toString().matches("[0-9a-f]{32}");
    }

    @Override
    public void sync(int fd) throws StorageException {
      if (fails) {
        fails = false;
        failed = true;
        throw new StorageException(Errno.EIO, "sync", "adopting");
      }
      super.sync(fd);
    }
  }

  /** Else the next checkpoint would make it look committed, and the step would be removed. */
  @Test
  void aCommitThatCouldNotBeTakenDownIsForgotten() throws IOException {
    Options failing = Options.defaults().withStorage(new FailingAdoption());
    try (DetachedStep step = open("step");
        VirtualFileManager manager = VirtualFileManager.open(root, failing)) {
      change(step);
      assertThrows(StorageException.class, () -> step.commitTo(manager, State.empty()));
      assertTrue(step.isParked());
      manager.checkpoint(new byte[] {1});
    }
    try (DetachedStep step = open("step")) {
      assertTrue(step.isParked());
      assertUnchanged();
      try (VirtualFileManager manager = manager()) {
        assertEquals(2, step.commitTo(manager, State.empty()).number());
      }
    }
    assertChanged();
  }

  /** An aborted checkpoint has used a number, and so has the abort. */
  @Test
  void aStepThatWasCommittedAfterAnAbortSaysWhere() throws IOException {
    long committedAs;
    try (DetachedStep step = DetachedStep.open(root, folder.resolve("step"), withoutRemoval())) {
      change(step);
      try (VirtualFileManager manager = manager()) {
        manager.checkpoint(new byte[] {1});
        manager.prepare(manager.seal(), "dropped", State.empty());
        manager.abort("dropped");
        committedAs = step.commitTo(manager, State.empty()).number();
      }
    }
    StepCommittedException committed =
        assertThrows(StepCommittedException.class, () -> open("step"));
    assertEquals(committedAs, committed.checkpoint());
  }

  /** Its layer speaks of no directory, not even the root. */
  @Test
  void aStepThatOnlyMakesAFileWithoutANameIsCommitted() throws IOException {
    try (DetachedStep step = open("step");
        VirtualFile file = step.tree().openUnnamed(".")) {
      file.write(ByteBuffer.wrap(new byte[] {2}));
      try (VirtualFileManager manager = manager()) {
        assertEquals(1, step.commitTo(manager, State.empty()).number());
      }
    }
  }

  @Test
  void aStepThatWasCommittedSaysSo() throws IOException {
    try (VirtualFileManager manager = manager()) {
      manager.checkpoint(new byte[] {1});
    }
    try (DetachedStep step = DetachedStep.open(root, folder.resolve("step"), withoutRemoval())) {
      change(step);
      try (VirtualFileManager manager = manager()) {
        assertEquals(2, step.commitTo(manager, State.empty()).number());
        manager.checkpoint(new byte[] {3});
      }
    }
    assertTrue(Files.exists(folder.resolve("step")));
    StepCommittedException committed =
        assertThrows(StepCommittedException.class, () -> open("step"));
    assertEquals(2, committed.checkpoint());
    assertFalse(Files.exists(folder.resolve("step")));
    assertChanged();
    try (DetachedStep step = open("step")) {
      assertFalse(step.isParked());
    }
    try (Stream<Path> left = Files.list(root.resolve(".vfo/adopting"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void whoeverCachesTheManagersTreeIsTold() throws IOException {
    List<String> told = new ArrayList<>();
    try (DetachedStep step = open("step");
        VirtualFileManager manager = manager()) {
      change(step);
      EntryOperations entries = manager.entries();
      long a = entries.lookup(entries.root(), Name.of("d"));
      long b = entries.lookup(a, Name.of("b"));
      try (VirtualFile file = entries.open(b, OpenFlag.READ, false)) {
        entries.addListener(
            new ChangeListener() {
              @Override
              public void entryChanged(long number) {
                told.add("entry " + number);
              }

              @Override
              public void nameChanged(long directory, Name name) {
                told.add("name " + name);
              }
            });
        step.commitTo(manager, State.empty());
        assertTrue(told.contains("entry " + b), told::toString);
        assertTrue(told.contains("name new"), told::toString);
        assertTrue(told.contains("name d"), told::toString);
        ByteBuffer content = ByteBuffer.allocate(20);
        assertEquals(7, file.read(content, 0));
      }
    }
  }
}
