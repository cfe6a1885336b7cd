package dev.vfo.cli.demo;

import dev.vfo.cli.Terminal;
import java.io.IOException;

/** Shows how far the job is. One thread. */
class ProgressObserver implements JobRun.Observer {
  private final Progress progress;
  private final int documents;
  private final long startNanos = System.nanoTime();
  private int kills;

  /**
   * @param documents how many the job has to read
   */
  ProgressObserver(Terminal terminal, String title, int documents) {
    this.progress = new Progress(terminal, title);
    this.documents = documents;
  }

  @Override
  public void checkpoint(Message.Ended ended) {
    long percent = 100L * ended.document() / documents;
    String text = percent + "% of the text, checkpoint " + ended.checkpoint();
    progress.update(kills == 0 ? text : text + ", kills: " + kills);
  }

  @Override
  public void killed(JobRun.Death death) throws IOException {
    kills++;
  }

  @Override
  public void resumed(Message.Opened opened) {
    // Nothing to show: the next checkpoint comes soon.
  }

  /** Ends it with a line that stays. */
  void end(String text) {
    progress.end(text);
  }

  /** How long the job has been running. */
  String time() {
    return Durations.seconds(System.nanoTime() - startNanos);
  }

  /** How often it was killed. */
  int kills() {
    return kills;
  }
}
