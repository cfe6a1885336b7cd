package dev.vfo.checkpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * The rollbacks of a manager, for handles that look after one whether they still stand. Thread
 * safe.
 */
public final class Rollbacks {
  /**
   * One rollback.
   *
   * @param keptLayer the newest layer that stayed
   * @param nextLayer the first layer after it; those between the two are dropped
   */
  public record Rollback(long keptLayer, long nextLayer) {
    /** Whether it dropped a layer. */
    public boolean drops(long layer) {
      return layer > keptLayer && layer < nextLayer;
    }
  }

  private final List<Rollback> rollbacks = new ArrayList<>();
  private volatile int count;

  synchronized void add(long keptLayer, long nextLayer) {
    rollbacks.add(new Rollback(keptLayer, nextLayer));
    count = rollbacks.size();
  }

  /** How many there were. */
  public int count() {
    return count;
  }

  /** Those from an index on. */
  public synchronized List<Rollback> since(int index) {
    return List.copyOf(rollbacks.subList(index, rollbacks.size()));
  }
}
