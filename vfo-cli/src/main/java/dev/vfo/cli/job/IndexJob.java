package dev.vfo.cli.job;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/**
 * A job of many steps that changes many files: it builds an inverted index of a corpus.
 *
 * <p>The buckets of the index are in eight groups. Each step reads some documents, writes their
 * words to a work file for each group ({@code work/}), and appends to a log. Then it is one group's
 * turn: the work files that it has got in the last eight steps are merged into its buckets ({@code
 * index/}, updated in place) and moved to {@code done/}, where they are deleted two steps later.
 * Then comes the checkpoint, with the position in the corpus as the state. Killed at any time and
 * started again the job goes on from there; whether its files are those of that checkpoint too is
 * up to the {@link WorkFiles}.
 */
public final class IndexJob {
  private static final int GROUPS = 8;

  /** How many steps a work file stays in {@code done/}. */
  private static final int KEPT_STEPS = 2;

  /** Is told how far the job is, on its thread. */
  public interface Observer {
    /** A step's work is done, and its checkpoint begins. */
    void checkpointBegins(JobState state);

    /** The checkpoint is saved. */
    void checkpointEnded(JobState state) throws IOException;
  }

  private final WorkFiles files;
  private final Corpus corpus;
  private final long stepBytes;
  private final Observer observer;
  private final Index index;
  private final JobLog log;
  private final Tokenizer tokenizer = new Tokenizer();

  /**
   * @param stepBytes how much text a step reads at least, unless the corpus ends
   */
  public IndexJob(WorkFiles files, Corpus corpus, long stepBytes, Observer observer) {
    this.files = files;
    this.corpus = corpus;
    this.stepBytes = stepBytes;
    this.observer = observer;
    this.index = new Index(files, "index");
    this.log = new JobLog(files, "log/job.log");
  }

  /** Does what is left to do, from the last checkpoint on. */
  public void run() throws IOException {
    JobState state = files.lastState().map(JobState::decode).orElse(JobState.START);
    while (!isFinished(state)) {
      state = step(state);
      observer.checkpointBegins(state);
      files.checkpoint(state.encode());
      observer.checkpointEnded(state);
    }
  }

  /** Whether all is read, and each group had its turn since. */
  private boolean isFinished(JobState state) {
    return state.nextDocument() == corpus.size() && state.step() >= state.lastReading() + GROUPS;
  }

  private JobState step(JobState last) throws IOException {
    int step = last.step() + 1;
    if (step == 1) {
      makeFolders();
    }
    boolean reads = last.nextDocument() < corpus.size();
    JobState next = reads ? read(last, step) : last.withStep(step);
    mergeGroup(step, next.lastReading());
    deleteDone(step - KEPT_STEPS, next.lastReading());
    return next;
  }

  private void makeFolders() throws IOException {
    for (String folder : new String[] {"work", "done", "index", "log"}) {
      files.createDirectories(folder);
    }
  }

  /**
   * Reads the step's documents, writes their words to work files, and a line on each document to
   * the log.
   */
  private JobState read(JobState last, int step) throws IOException {
    Part[] parts = new Part[GROUPS];
    Arrays.setAll(parts, group -> new Part());
    StringBuilder lines = new StringBuilder();
    int document = last.nextDocument();
    long words = last.words();
    for (long bytes = 0; bytes < stepBytes && document < corpus.size(); document++) {
      byte[] text = corpus.text(document);
      int count = 0;
      for (Map.Entry<String, Integer> word : tokenizer.count(text).entrySet()) {
        Posting posting = new Posting(document, word.getValue());
        parts[Index.bucket(word.getKey()) % GROUPS].add(word.getKey(), posting);
        count += word.getValue();
      }
      bytes += text.length;
      words += count;
      lines.append(step).append(' ').append(corpus.name(document)).append(' ');
      lines.append(count).append(" words\n");
    }
    for (int group = 0; group < GROUPS; group++) {
      parts[group].write(files, "work/" + part(step, group));
    }
    log.append(lines.toString());
    return new JobState(step, step, document, words);
  }

  private void mergeGroup(int step, int lastReading) throws IOException {
    int group = step % GROUPS;
    Part words = new Part();
    for (int source = firstSource(step); source <= lastSource(step, lastReading); source++) {
      words.addAll(files, "work/" + part(source, group));
      files.rename("work/" + part(source, group), "done/" + part(source, group));
    }
    index.merge(words);
  }

  /** Deletes the work files that were merged in an earlier step. */
  private void deleteDone(int mergedIn, int lastReading) throws IOException {
    for (int source = firstSource(mergedIn);
        source <= lastSource(mergedIn, lastReading);
        source++) {
      files.delete("done/" + part(source, mergedIn % GROUPS));
    }
  }

  /** The first step whose work file is merged in a step. */
  private static int firstSource(int step) {
    return Math.max(1, step - GROUPS);
  }

  private static int lastSource(int step, int lastReading) {
    return Math.min(step - 1, lastReading);
  }

  private static String part(int step, int group) {
    return step + "-" + group;
  }
}
