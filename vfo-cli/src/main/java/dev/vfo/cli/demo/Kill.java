package dev.vfo.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * When a worker is killed: some time after a moment that it reports, in the first process that gets
 * so far.
 *
 * @param checkpoint the moment counts from the step on that leads to this checkpoint
 * @param fraction how much of the time that the moment's phase usually takes passes before the
 *     kill, 0 to 1
 */
record Kill(Moment moment, int checkpoint, double fraction) {

  /** The phases that a kill is aimed at; what it hits is seen on the disk afterwards. */
  enum Moment {
    /** While it opens its files: recovery. */
    OPENING,
    /** While the step works on files, and the checkpoint before is still being applied. */
    STEP,
    /** While it takes a checkpoint. */
    CHECKPOINT
  }

  /**
   * Kills at random instants, one in each of equal shares of the job, most of them aimed at
   * checkpoints.
   */
  static List<Kill> random(int kills, int steps, RandomGenerator random) {
    Moment[] moments = {
      Moment.CHECKPOINT, Moment.STEP, Moment.CHECKPOINT, Moment.STEP, Moment.OPENING
    };
    List<Kill> plan = new ArrayList<>();
    for (int i = 0; i < kills; i++) {
      int checkpoint = 1 + (int) ((i + random.nextDouble()) * (steps - 1) / kills);
      plan.add(new Kill(moments[i % moments.length], checkpoint, random.nextDouble()));
    }
    return plan;
  }

  /** Whether the message is the moment from which this kill's time runs. */
  boolean isDue(Message message) {
    return switch (message) {
      case Message.Opens m -> moment == Moment.OPENING;
      case Message.Begins m -> moment == Moment.CHECKPOINT && m.checkpoint() >= checkpoint;
      case Message.Ended m -> moment == Moment.STEP && m.checkpoint() >= checkpoint - 1;
      default -> false;
    };
  }
}
