package dev.vfo.testkit.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.testkit.model.FileModel;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories have a text, and are what their generator says. */
class HistoryTest {
  private static final int SEEDS = 60;

  @Test
  void textCanBeReadBack() {
    for (Profile profile : Profile.ALL) {
      Profile odd = profile.withLimits(profile.limits().withExtras(true, true));
      HistoryGenerator generator = new HistoryGenerator(odd.with(Move.EXCHANGE, 5));
      for (long seed = 0; seed < SEEDS; seed++) {
        History history = generator.generate(seed);
        assertEquals(history, History.parse(history.toText()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Seek[handle=1]",
        "Seek[handle=1, offset=2]",
        "Seek[handle=one, position=2]",
        "Jump[handle=1]",
        "Unlink[path=a]",
        "Unlink[path=/a//b]",
        "Open[handle=1, path=/a, flags=SIDEWAYS, mode=0644]",
        "Checkpoint[state=3]",
        "Checkpoint"
      })
  void badTextIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> History.parse(text));
  }

  @Test
  void commentsAndEmptyLinesAreLeftOut() {
    History history = History.parse("# hello\n\n  Reopen[]  # 1\n");
    assertEquals(new ControlOperation.Reopen(), history.operations().getFirst());
    assertEquals(1, history.size());
  }

  @Test
  void aSeedMakesTheSameHistoryEachTime() {
    for (Profile profile : Profile.ALL) {
      History first = new HistoryGenerator(profile).generate(7);
      assertEquals(first, new HistoryGenerator(profile).generate(7));
      assertEquals(profile, Profile.of(first.profile()));
    }
  }

  @Test
  void mostOperationsSucceedAndEachKindIsThere() {
    Set<String> kinds = new TreeSet<>();
    int operations = 0;
    int errors = 0;
    for (Profile profile : Profile.ALL) {
      HistoryGenerator generator = new HistoryGenerator(profile);
      for (long seed = 0; seed < SEEDS; seed++) {
        History history = generator.generate(seed);
        CheckpointModel model = new CheckpointModel(setUp(history));
        for (Operation operation : history.operations()) {
          assertTrue(model.allows(operation), operation::toString);
          kinds.add(operation.getClass().getSimpleName());
          operations++;
          errors += model.perform(operation).isError() ? 1 : 0;
        }
      }
    }
    assertEquals(38, kinds.size(), kinds::toString);
    assertTrue(errors > operations / 50 && errors < operations / 4, errors + " of " + operations);
  }

  private static FileModel setUp(History history) {
    FileModel model = new FileModel(() -> 0, 0, 0, 0755);
    history.setup().forEach(operation -> Outcome.of(operation, model));
    model.closeAll();
    return model;
  }

  @Test
  void everyMoveIsMadeBySomeProfile() {
    Set<Move> made = EnumSet.noneOf(Move.class);
    Profile.ALL.forEach(profile -> made.addAll(profile.weights().keySet()));
    assertEquals(EnumSet.of(Move.EXCHANGE), EnumSet.complementOf(EnumSet.copyOf(made)));
  }

  @Test
  void payloadsOfDifferentFillsDiffer() {
    for (int fill = 1; fill < 300; fill++) {
      byte[] bytes = new Payload(64, fill).bytes();
      assertEquals(64, bytes.length);
      assertTrue(!Arrays.equals(bytes, new Payload(64, fill - 1).bytes()));
    }
  }
}
