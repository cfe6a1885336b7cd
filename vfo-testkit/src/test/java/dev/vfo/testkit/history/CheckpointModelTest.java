package dev.vfo.testkit.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.Errno;
import dev.vfo.testkit.model.FileModel;
import org.junit.jupiter.api.Test;

/** What a program finds after a rollback and the like. */
class CheckpointModelTest {
  private final CheckpointModel model = new CheckpointModel(new FileModel(() -> 0, 0, 0, 0755));

  private Outcome run(String... operations) {
    Outcome last = Outcome.DONE;
    for (String operation : operations) {
      last = model.perform(OperationText.parse(operation));
    }
    return last;
  }

  private static Outcome refused(Errno errno) {
    return new Outcome.Refused(errno);
  }

  private static Outcome data(Payload payload) {
    return new Outcome.Data(payload.bytes());
  }

  @Test
  void rollbackBringsBackFilesAndPositions() {
    run(
        "Open[handle=1, path=/a, flags=READ+WRITE+CREATE, mode=0644]",
        "WriteNext[handle=1, data=10*1]",
        "Seek[handle=1, position=3]",
        "Checkpoint[state=1*1]",
        "WriteNext[handle=1, data=10*2]",
        "Unlink[path=/a]",
        "Rollback[]");
    assertEquals(3, model.files().positionOf(1));
    assertEquals(data(new Payload(10, 1)), run("ReadAt[handle=1, offset=0, lengthBytes=99]"));
    assertFalse(run("Stat[path=/a]").isError());
  }

  @Test
  void handlesOfADroppedStepAreStale() {
    String open = "Open[handle=1, path=/a, flags=READ+WRITE+CREATE, mode=0644]";
    run(open, "Rollback[]");
    assertEquals(refused(Errno.ESTALE), run("ReadAt[handle=1, offset=0, lengthBytes=1]"));
    assertEquals(refused(Errno.ESTALE), run("StatHandle[handle=1]"));
    assertFalse(model.allows(OperationText.parse(open)), "the number is taken until it is closed");
    assertEquals(Outcome.DONE, run("Close[handle=1]"));
    assertEquals(refused(Errno.EBADF), run("StatHandle[handle=1]"));
  }

  @Test
  void aNumberUsedAgainInADroppedStepIsStale() {
    run(
        "Open[handle=1, path=/a, flags=READ+WRITE+CREATE, mode=0644]",
        "Checkpoint[state=1*1]",
        "Close[handle=1]",
        "Open[handle=1, path=/a, flags=READ, mode=0644]",
        "Rollback[]");
    assertEquals(refused(Errno.ESTALE), run("StatHandle[handle=1]"));
  }

  @Test
  void closedHandlesStayClosed() {
    run(
        "Open[handle=1, path=/a, flags=READ+WRITE+CREATE, mode=0644]",
        "Checkpoint[state=1*1]",
        "Close[handle=1]",
        "Rollback[]");
    assertEquals(refused(Errno.EBADF), run("StatHandle[handle=1]"));
  }

  @Test
  void anOrphanSurvivesARollback() {
    run(
        "Open[handle=1, path=/a, flags=READ+WRITE+CREATE, mode=0644]",
        "WriteNext[handle=1, data=10*1]",
        "Unlink[path=/a]",
        "Checkpoint[state=1*1]",
        "Truncate[handle=1, sizeBytes=0]",
        "Rollback[]");
    assertEquals(data(new Payload(10, 1)), run("ReadAt[handle=1, offset=0, lengthBytes=99]"));
    assertEquals(refused(Errno.ENOENT), run("Stat[path=/a]"));
  }

  @Test
  void aCommitDecidesWhatWasSealed() {
    run(
        "MakeDirectory[path=/a, mode=0755]",
        "Seal[slot=1]",
        "MakeDirectory[path=/b, mode=0755]",
        "Seal[slot=2]",
        "MakeDirectory[path=/c, mode=0755]",
        "Commit[slot=1, state=2*2]");
    assertEquals(new Payload(2, 2), model.last().state());
    assertEquals(1, model.last().tree().root().children().size());
    assertEquals(3, model.files().root().children().size(), "the step goes on above");
    assertTrue(model.allows(OperationText.parse("Commit[slot=2, state=1*1]")));
    run("Rollback[]");
    assertEquals(1, model.files().root().children().size());
    assertFalse(model.allows(OperationText.parse("Commit[slot=2, state=1*1]")));
  }

  @Test
  void reopeningForgetsTheStepAndAllHandles() {
    run(
        "Open[handle=1, path=/a, flags=READ+WRITE+CREATE, mode=0644]",
        "Checkpoint[state=1*1]",
        "MakeDirectory[path=/b, mode=0755]",
        "Reopen[]");
    assertEquals(refused(Errno.EBADF), run("StatHandle[handle=1]"));
    assertEquals(1, model.files().root().children().size());
  }

  @Test
  void beforeTheFirstCheckpointThereIsTheFirstTree() {
    run("MakeDirectory[path=/a, mode=0755]", "Rollback[]");
    assertNull(model.last().state());
    assertTrue(model.files().root().children().isEmpty());
  }
}
