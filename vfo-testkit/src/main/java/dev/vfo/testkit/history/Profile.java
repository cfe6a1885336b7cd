package dev.vfo.testkit.history;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What kind of histories a {@link HistoryGenerator} makes. Immutable; the {@code with} methods give
 * a changed copy.
 *
 * @param name for reports; one word
 * @param weights how likely each move is, relative to the others; a move that is not named does not
 *     happen
 * @param limits how large they get
 */
public record Profile(String name, Map<Move, Integer> weights, Limits limits) {
  private static final Map<Move, Integer> CONTROL_WEIGHTS =
      Map.of(
          Move.CHECKPOINT, 14,
          Move.SEAL, 3,
          Move.COMMIT, 3,
          Move.ROLLBACK, 3,
          Move.AWAIT_APPLIED, 5,
          Move.BACKGROUND, 14,
          Move.REOPEN, 2);

  private static final Map<Move, Integer> DATA_WEIGHTS =
      Map.ofEntries(
          Map.entry(Move.WRITE_AT, 60),
          Map.entry(Move.WRITE_NEXT, 20),
          Map.entry(Move.READ_AT, 30),
          Map.entry(Move.READ_NEXT, 10),
          Map.entry(Move.SEEK, 5),
          Map.entry(Move.TRUNCATE, 15),
          Map.entry(Move.CUT_AND_GROW, 8),
          Map.entry(Move.ALLOCATE, 5),
          Map.entry(Move.PUNCH, 12),
          Map.entry(Move.STAT, 10),
          Map.entry(Move.OPEN, 8),
          Map.entry(Move.CLOSE, 6),
          Map.entry(Move.CREATE, 4),
          Map.entry(Move.UNLINK, 3),
          Map.entry(Move.SAVE, 5),
          Map.entry(Move.LINK, 2),
          Map.entry(Move.SET_TIMES, 3),
          Map.entry(Move.XATTRS, 3),
          Map.entry(Move.CHANGE_MODE, 2),
          Map.entry(Move.WILD, 8));

  private static final Map<Move, Integer> NAME_WEIGHTS =
      Map.ofEntries(
          Map.entry(Move.RENAME, 15),
          Map.entry(Move.RENAME_OVER, 15),
          Map.entry(Move.MOVE_DIRECTORY, 15),
          Map.entry(Move.SWAP, 12),
          Map.entry(Move.CIRCLE, 6),
          Map.entry(Move.TURN_ROUND, 10),
          Map.entry(Move.REPLACE, 15),
          Map.entry(Move.REMOVE_TREE, 4),
          Map.entry(Move.SAVE, 5),
          Map.entry(Move.CREATE, 14),
          Map.entry(Move.MAKE_DIRECTORY, 10),
          Map.entry(Move.MAKE_DEEP, 4),
          Map.entry(Move.REMOVE_DIRECTORY, 6),
          Map.entry(Move.UNLINK, 8),
          Map.entry(Move.LINK, 10),
          Map.entry(Move.SYMLINK, 6),
          Map.entry(Move.SPECIAL, 4),
          Map.entry(Move.ORPHAN, 3),
          Map.entry(Move.UNNAMED, 4),
          Map.entry(Move.PASSING, 4),
          Map.entry(Move.LIST, 8),
          Map.entry(Move.STAT, 10),
          Map.entry(Move.CHANGE_MODE, 5),
          Map.entry(Move.CHANGE_OWNER, 4),
          Map.entry(Move.SET_TIMES, 4),
          Map.entry(Move.XATTRS, 6),
          Map.entry(Move.WRITE_AT, 6),
          Map.entry(Move.CLOSE, 10),
          Map.entry(Move.WILD, 50));

  /** Few files, many writes at the edges of blocks, cuts and holes. */
  public static final Profile DATA =
      new Profile(
          "data",
          sum(DATA_WEIGHTS, CONTROL_WEIGHTS),
          Limits.SMALL.withMoves(4, 45).withSizes(4096, 140 * 4096).withExtras(false, false));

  /** Renames, exchanges and circles, moved directories, links, removed and made again. */
  public static final Profile NAMES =
      new Profile("names", sum(NAME_WEIGHTS, CONTROL_WEIGHTS), Limits.SMALL.withMoves(14, 45));

  /** Something of everything. */
  public static final Profile MIXED =
      new Profile(
          "mixed",
          sum(sum(DATA_WEIGHTS, NAME_WEIGHTS), sum(CONTROL_WEIGHTS, CONTROL_WEIGHTS)),
          Limits.SMALL);

  /** Short steps, many checkpoints, little background work. */
  public static final Profile CHECKPOINTS =
      MIXED.named("checkpoints").with(Move.CHECKPOINT, 60).with(Move.BACKGROUND, 20);

  /** Steps that are sealed and committed later. */
  public static final Profile SEALS =
      MIXED
          .named("seals")
          .with(Move.SEAL, 25)
          .with(Move.COMMIT, 20)
          .with(Move.CHECKPOINT, 4)
          .with(Move.ROLLBACK, 3);

  /** Steps that are given up. */
  public static final Profile ROLLBACKS =
      MIXED.named("rollbacks").with(Move.ROLLBACK, 25).with(Move.SEAL, 6).with(Move.COMMIT, 5);

  /** Files that lose their last name while they are open. */
  public static final Profile ORPHANS =
      MIXED
          .named("orphans")
          .with(Move.ORPHAN, 40)
          .with(Move.RENAME_OVER, 20)
          .withLimits(Limits.SMALL.withOpenFiles(7));

  /** All of the above. */
  public static final List<Profile> ALL =
      List.of(DATA, NAMES, MIXED, CHECKPOINTS, SEALS, ROLLBACKS, ORPHANS);

  /**
   * Those that a plain directory can follow, with all that a kernel does, and with plenty of what
   * VFO does behind the scenes.
   */
  public static final List<Profile> COMPARABLE =
      Stream.of(DATA, NAMES, MIXED, ORPHANS)
          .map(profile ->
              profile
                  .with(Move.EXCHANGE, 10)
                  .with(Move.CHECKPOINT, 30)
                  .with(Move.BACKGROUND, 40)
                  .without(Move.SEAL, Move.COMMIT, Move.ROLLBACK, Move.REOPEN)
                  .with(Move.UNNAMED, 8)
                  .withLimits(profile.limits().withExtras(true, true)))
          .toList();

  /** Copies the map. */
  public Profile {
    weights = Map.copyOf(weights);
  }

  /** One of {@link #ALL}; IllegalArgumentException when there is none of that name. */
  public static Profile of(String name) {
    return ALL.stream()
        .filter(profile -> profile.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no profile " + name));
  }

  /** The same under another name. */
  public Profile named(String newName) {
    return new Profile(newName, weights, limits);
  }

  /** The same with other limits. */
  public Profile withLimits(Limits newLimits) {
    return new Profile(name, weights, newLimits);
  }

  /** The same with another weight of a move. */
  public Profile with(Move move, int weight) {
    Map<Move, Integer> changed = new EnumMap<>(weights);
    changed.put(move, weight);
    return new Profile(name, changed, limits);
  }

  /** The same without some moves. */
  public Profile without(Move... unwanted) {
    Map<Move, Integer> changed = new EnumMap<>(weights);
    changed.keySet().removeAll(List.of(unwanted));
    return new Profile(name, changed, limits);
  }

  private static Map<Move, Integer> sum(Map<Move, Integer> first, Map<Move, Integer> second) {
    Map<Move, Integer> sum = new EnumMap<>(first);
    second.forEach((move, weight) -> sum.merge(move, weight, Integer::sum));
    return sum;
  }
}
