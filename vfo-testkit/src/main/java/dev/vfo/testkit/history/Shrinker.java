package dev.vfo.testkit.history;

import dev.vfo.testkit.model.TreePath;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Makes a failing history small: leaves operations out, in pieces and then one by one, makes
 * arguments simpler, and paths shorter, as long as it goes on failing. Used once.
 */
public final class Shrinker {
  private final Predicate<History> fails;
  private final int maxTries;
  private History best;
  private int tries;

  /**
   * A shrinker of one history.
   *
   * @param history one that fails
   * @param fails whether a history fails
   * @param maxTries how often that may be asked
   */
  public Shrinker(History history, Predicate<History> fails, int maxTries) {
    this.best = history;
    this.fails = fails;
    this.maxTries = maxTries;
  }

  /** The smallest failing history that was found. */
  public History shrink() {
    History before;
    do {
      before = best;
      leaveOut();
      shortenPaths();
      simplify();
    } while (!best.equals(before) && tries < maxTries);
    return best;
  }

  /** How many histories were tried. */
  public int tries() {
    return tries;
  }

  private boolean accept(History candidate) {
    if (tries >= maxTries || candidate.equals(best)) {
      return false;
    }
    tries++;
    if (!fails.test(candidate)) {
      return false;
    }
    best = candidate;
    return true;
  }

  private void leaveOut() {
    for (int piece = Math.max(1, best.size() / 2); piece > 0; piece /= 2) {
      int from = 0;
      while (from < best.size() && tries < maxTries) {
        if (!accept(without(best, from, Math.min(from + piece, best.size())))) {
          from += piece;
        }
      }
    }
  }

  private static History without(History history, int from, int to) {
    List<FileOperation> setup = new ArrayList<>();
    List<Operation> operations = new ArrayList<>();
    int index = 0;
    for (FileOperation operation : history.setup()) {
      if (index < from || index >= to) {
        setup.add(operation);
      }
      index++;
    }
    for (Operation operation : history.operations()) {
      if (index < from || index >= to) {
        operations.add(operation);
      }
      index++;
    }
    return history.with(setup, operations);
  }

  /** Takes a directory out of all paths, deepest first. */
  private void shortenPaths() {
    Set<TreePath> directories = new LinkedHashSet<>();
    map(
        best,
        path -> {
          for (TreePath above = path; above.names().size() > 1; above = above.parent()) {
            directories.add(above.parent());
          }
          return path;
        });
    List<TreePath> deepestFirst = new ArrayList<>(directories);
    deepestFirst.sort((one, other) -> other.names().size() - one.names().size());
    for (TreePath directory : deepestFirst) {
      accept(map(best, path -> path.startsWith(directory) ? lifted(path, directory) : path));
    }
  }

  private static TreePath lifted(TreePath path, TreePath directory) {
    int depth = directory.names().size();
    if (path.names().size() == depth) {
      return path;
    }
    TreePath lifted = directory.parent();
    for (int i = depth; i < path.names().size(); i++) {
      lifted = lifted.child(path.names().get(i));
    }
    return lifted.names().getFirst().equals(Draft.RESERVED) ? path : lifted;
  }

  private static History map(History history, Function<TreePath, TreePath> change) {
    List<FileOperation> setup = new ArrayList<>();
    history.setup().forEach(operation -> setup.add((FileOperation) mapped(operation, change)));
    List<Operation> operations = new ArrayList<>();
    history.operations().forEach(operation -> operations.add(mapped(operation, change)));
    return history.with(setup, operations);
  }

  private static Operation mapped(Operation operation, Function<TreePath, TreePath> change) {
    return OperationText.map(
        operation, (name, value) -> value instanceof TreePath path ? change.apply(path) : value);
  }

  private void simplify() {
    for (int i = 0; i < best.size(); i++) {
      for (Operation simpler : OperationText.simpler(operationAt(best, i))) {
        accept(replaced(best, i, simpler));
      }
    }
  }

  private static Operation operationAt(History history, int index) {
    int setup = history.setup().size();
    return index < setup ? history.setup().get(index) : history.operations().get(index - setup);
  }

  private static History replaced(History history, int index, Operation operation) {
    List<FileOperation> setup = new ArrayList<>(history.setup());
    List<Operation> operations = new ArrayList<>(history.operations());
    if (index < setup.size()) {
      setup.set(index, (FileOperation) operation);
    } else {
      operations.set(index - setup.size(), operation);
    }
    return history.with(setup, operations);
  }
}
