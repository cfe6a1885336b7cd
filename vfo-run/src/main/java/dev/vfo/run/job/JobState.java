package dev.vfo.run.job;

import dev.vfo.State;
import dev.vfo.steps.StateCodec;
import dev.vfo.steps.StateFormatException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is kept of a job with each checkpoint: how to start its program again, or how it ended.
 *
 * @param command the program and its arguments
 * @param folder where it is started, absolute
 * @param environment its environment
 * @param exitCode what it ended with, if it did
 */
record JobState(
    List<String> command,
    String folder,
    Map<String, String> environment,
    Optional<Integer> exitCode) {
  private static final StateCodec<JobState> CODEC = StateCodec.ofRecord(JobState.class);

  JobState ended(int code) {
    return new JobState(command, folder, environment, Optional.of(code));
  }

  State toState() {
    byte[] bytes = CODEC.encode(this);
    return State.of(
        ByteBuffer.allocate(Long.BYTES + bytes.length).putLong(CODEC.version()).put(bytes).array());
  }

  static JobState of(State state) throws StateFormatException {
    ByteBuffer all = ByteBuffer.wrap(state.bytes());
    if (all.remaining() < Long.BYTES) {
      throw new StateFormatException("the last checkpoint is not one of a job");
    }
    long version = all.getLong();
    byte[] bytes = new byte[all.remaining()];
    all.get(bytes);
    return CODEC.decode(bytes, version);
  }
}
