package dev.vfo.cli.demo;

import dev.vfo.cli.job.Corpus;
import dev.vfo.cli.job.IndexJob;
import dev.vfo.cli.job.JobState;
import dev.vfo.cli.job.PlainFiles;
import dev.vfo.cli.job.WorkFiles;
import java.io.IOException;
import java.nio.file.Path;

/** Runs the {@link IndexJob} from its last checkpoint on, and reports by {@link Message}. */
final class IndexWorker implements IndexJob.Observer {
  private final WorkFiles files;
  private final CountingFiles counted;
  private final ProcessIo io;
  private long beginNanos;

  private IndexWorker(WorkFiles files, ProcessIo io) {
    this.files = files;
    this.counted = new CountingFiles(files);
    this.io = io;
  }

  static void run(Worker.Place place, Path corpusFolder, long stepBytes) throws IOException {
    ProcessIo io = new ProcessIo();
    try (Corpus corpus = Corpus.open(corpusFolder)) {
      report(new Message.Opens());
      long start = System.nanoTime();
      try (WorkFiles files = place.open(true)) {
        report(new Message.Opened(files.lastCheckpoint(), System.nanoTime() - start));
        IndexWorker worker = new IndexWorker(files, io);
        new IndexJob(worker.counted, corpus, stepBytes, worker).run();
      }
    }
    report(new Message.Done(io.diskBytes()));
  }

  @Override
  public void checkpointBegins(JobState state) {
    report(new Message.Begins(state.step()));
    beginNanos = System.nanoTime();
  }

  @Override
  public void checkpointEnded(JobState state) throws IOException {
    long nanos = System.nanoTime() - beginNanos;
    int missing = files instanceof PlainFiles plain ? plain.missingCount() : 0;
    report(
        new Message.Ended(
            state.step(),
            nanos,
            state.nextDocument(),
            counted.writtenBytes(),
            io.diskBytes(),
            missing));
  }

  private static void report(Message message) {
    System.out.println(message.line());
  }
}
