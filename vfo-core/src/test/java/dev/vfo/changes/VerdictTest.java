package dev.vfo.changes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.changes.DecisionReader.LastCheckpoint;
import dev.vfo.changes.Decisions.UndecidedRecord;
import dev.vfo.changes.Verdict.Aborts;
import dev.vfo.changes.Verdict.Commits;
import dev.vfo.changes.Verdict.Undecided;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Verdicts as bytes, and what a journal's records decide. */
class VerdictTest {
  private static final StateBytes STATE =
      new StateBytes(new byte[] {1, 2}, false, 2, 9, new byte[0]);

  private static Commit with(Verdict verdict) {
    return new Commit(5, 6, STATE, List.of(), DescriptorTable.EMPTY, verdict);
  }

  private static byte[] encode(Commit commit) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate(CommitCodec.encodedBytes(commit), 8);
      CommitCodec.encode(commit, target);
      return target.toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private static Commit decode(byte[] bytes) {
    return CommitCodec.decode(
        MemorySegment.ofBuffer(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip()));
  }

  @Test
  void theBytesAreThoseOfTheDocument() {
    byte[] bytes = encode(with(new Undecided("id-1", 7)));
    assertEquals(
        "0400000000000000" + "0700000000000000" + "69642d3100000000",
        HexFormat.of().formatHex(bytes, 48, bytes.length));
    assertEquals(4, bytes[28]);
  }

  @Test
  void verdictsComeBack() throws Exception {
    ChangeSet layer = new RandomChangeSets(1).next(7);
    for (String id : List.of("a", "12345678", "\u00e4".repeat(127), "x".repeat(255))) {
      Commit commit =
          new Commit(
              5, 6, STATE, List.of(layer), DescriptorTable.EMPTY, new Undecided(id, 1L << 40));
      Commit back = decode(encode(commit));
      assertEquals(commit.verdict(), back.verdict());
      assertEquals(1, back.layers().size());
    }
    for (Verdict verdict : List.of(new Commits(3), new Aborts(1L << 40))) {
      Commit decision = Commit.decision(5, 6, verdict);
      assertEquals(verdict, decode(encode(decision)).verdict());
      // A decision has nothing else.
      assertThrows(ChangeSetFormatException.class, () -> decode(encode(with(verdict))));
    }
    assertEquals(Verdict.DECIDED, decode(encode(with(Verdict.DECIDED))).verdict());
  }

  @Test
  void whatIsNoVerdictIsRefused() {
    byte[] undecided = encode(with(new Undecided("id-1", 7)));
    assertRefused(undecided, 28, 4 + 8);
    assertRefused(undecided, 28, 0);
    assertRefused(undecided, 48, 0);
    assertRefused(undecided, 48, 3);
    assertRefused(undecided, 48, 9);
    assertRefused(undecided, 49, 1);
    assertRefused(undecided, 56, 0);
    assertRefused(undecided, 64, 10);
    assertRefused(undecided, 64, 0xff);
    assertRefused(undecided, 71, 1);
    byte[] commits = encode(Commit.decision(5, 6, new Commits(3)));
    assertRefused(commits, 40, 0);
    assertRefused(commits, 47, 0x80);
    assertRefused(commits, 28, 0);
  }

  private static void assertRefused(byte[] good, int at, int value) {
    byte[] bad = good.clone();
    bad[at] = (byte) value;
    assertThrows(ChangeSetFormatException.class, () -> decode(bad), "byte " + at);
  }

  private static DecisionReader read(long first, Verdict... verdicts) {
    DecisionReader reader = new DecisionReader();
    for (int i = 0; i < verdicts.length; i++) {
      boolean isDecision = verdicts[i] instanceof Commits || verdicts[i] instanceof Aborts;
      reader.read(
          first + i, isDecision ? Commit.decision(100 + i, 6, verdicts[i]) : with(verdicts[i]));
    }
    return reader;
  }

  private static Undecided undecided(String id) {
    return new Undecided(id, 1);
  }

  @Test
  void aDecisionIsThatOfAllBeforeItOrBehindIt() {
    DecisionReader reader =
        read(
            4,
            Verdict.DECIDED,
            undecided("five"),
            undecided("six"),
            undecided("seven"),
            new Commits(6),
            undecided("nine"),
            new Aborts(9));
    Decisions decisions = reader.decisions();
    LastCheckpoint last = Objects.requireNonNull(reader.last());
    assertEquals(8, last.number());
    assertEquals(6, last.record());
    assertEquals(104, Objects.requireNonNull(last.commit()).timeNanos());
    assertEquals(List.of(7L), decisions.undecided().stream().map(UndecidedRecord::record).toList());
    assertEquals(Set.of(9L), decisions.aborted());
    for (long record : List.of(4L, 5L, 6L, 8L, 10L)) {
      assertTrue(decisions.isCommitted(record), "record " + record);
    }
    assertEquals(8, decisions.checkpointOf(5));
    assertEquals(4, decisions.checkpointOf(4));
  }

  @Test
  void withoutACheckpointThereIsNone() {
    assertNull(read(1).last());
    assertNull(read(1, undecided("one"), new Aborts(1)).last());
  }

  /** What older segments had is gone when all of it is applied. */
  @Test
  void aDecisionOnARecordThatIsGoneIsOld() {
    DecisionReader reader = read(7, new Commits(6), undecided("eight"), new Commits(8));
    assertEquals(8, Objects.requireNonNull(reader.last()).record());
    assertEquals(List.of(), read(7, new Aborts(5), Verdict.DECIDED).decisions().undecided());
    DecisionReader lost = read(7, new Commits(6));
    assertThrows(ChangeSetFormatException.class, lost::last);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertUnfit(Verdict.DECIDED, new Commits(4));
    assertUnfit(undecided("four"), Verdict.DECIDED);
    assertUnfit(undecided("four"), new Commits(4), new Commits(4));
    assertUnfit(undecided("four"), new Aborts(4), new Commits(4));
    assertUnfit(undecided("four"), new Commits(9));
  }

  private static void assertUnfit(Verdict... verdicts) {
    assertThrows(ChangeSetFormatException.class, () -> read(4, verdicts));
  }
}
