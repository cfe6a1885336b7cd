package dev.vfo.testkit.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.testkit.model.FileModel;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The shrinker keeps what makes a history fail, and nothing else. */
class ShrinkerTest {
  private static final int TRIES = 2000;

  private static History shrunk(History history, Predicate<History> fails) {
    assertTrue(fails.test(history), "fails to begin with");
    return new Shrinker(history, fails, TRIES).shrink();
  }

  @Test
  void keepsTheTwoOperationsThatMatter() {
    HistoryGenerator generator = new HistoryGenerator(Profile.MIXED.with(Move.ALLOCATE, 60));
    Predicate<History> fails =
        candidate -> {
          List<Operation> operations = candidate.operations();
          int first = indexOf(operations, FileOperation.Allocate.class, 0);
          return first >= 0 && indexOf(operations, ControlOperation.Checkpoint.class, first) >= 0;
        };
    History history =
        LongStream.range(0, 100)
            .mapToObj(generator::generate)
            .filter(fails)
            .findFirst()
            .orElseThrow();
    History small = shrunk(history, fails);
    assertEquals(2, small.size(), small::toText);
  }

  private static int indexOf(List<Operation> operations, Class<?> kind, int from) {
    for (int i = from; i < operations.size(); i++) {
      if (kind.isInstance(operations.get(i))) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void makesArgumentsSimple() {
    History history =
        History.parse(
            """
            MakeDirectory[path=/a/b/c/d, mode=0711]
            WriteAt[handle=1, offset=40961, data=5000*17]
            """);
    Predicate<History> fails =
        candidate ->
            candidate.operations().stream()
                .anyMatch(operation ->
                    operation instanceof FileOperation.WriteAt write
                        && write.offset() >= 4096
                        && write.data().lengthBytes() > 1);
    History small = shrunk(history, fails);
    FileOperation.WriteAt write = (FileOperation.WriteAt) small.operations().getFirst();
    assertEquals(1, small.size(), small::toText);
    assertTrue(write.offset() < 3 * 4096, small::toText);
    assertTrue(write.data().lengthBytes() < 4, small::toText);
  }

  @Test
  void shortensPaths() {
    History history =
        History.parse(
            """
            MakeDirectory[path=/a, mode=0755]
            MakeDirectory[path=/a/b, mode=0755]
            MakeDirectory[path=/a/b/c, mode=0755]
            MakeDirectory[path=/a/b/c/target, mode=0755]
            """);
    Predicate<History> fails =
        candidate -> {
          CheckpointModel model = new CheckpointModel(new FileModel(() -> 0, 0, 0, 0755));
          return candidate.operations().stream()
              .anyMatch(operation ->
                  !model.perform(operation).isError() && operation.toString().contains("target"));
        };
    History small = shrunk(history, fails);
    assertEquals("[MakeDirectory[path=/target, mode=0644]]", small.operations().toString());
  }

  @Test
  void stopsWhenItHasTriedEnough() {
    History history = new HistoryGenerator(Profile.MIXED).generate(1);
    Shrinker shrinker = new Shrinker(history, candidate -> candidate.size() > 20, 5);
    shrinker.shrink();
    assertEquals(5, shrinker.tries());
  }
}
