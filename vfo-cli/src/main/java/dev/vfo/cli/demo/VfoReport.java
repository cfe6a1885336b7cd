package dev.vfo.cli.demo;

import dev.vfo.cli.Document;
import dev.vfo.cli.Sizes;
import dev.vfo.cli.Terminal;

/** Says what the checkpoints of a job with VFO cost. */
final class VfoReport {
  private static final long MICRO = 1000;

  private VfoReport() {}

  static void print(Terminal terminal, JobRun run) {
    Durations checkpoints = run.checkpoints();
    terminal.line(
        "  checkpoints: %d, median %s, p99 %s"
            .formatted(
                checkpoints.count(),
                Durations.millis(checkpoints.quantile(0.5)),
                Durations.millis(checkpoints.quantile(0.99))));
    Durations openings = run.openings();
    terminal.line(
        "  opening, with recovery: %d, median %s, longest %s"
            .formatted(
                openings.count(),
                Durations.millis(openings.quantile(0.5)),
                Durations.millis(openings.quantile(1))));
    printBytes(terminal, run.diskBytes(), run.changedBytes());
  }

  private static void printBytes(Terminal terminal, long disk, long changed) {
    if (disk == 0 || changed == 0) {
      terminal.line("  written: the kernel does not count it on this file system");
      return;
    }
    long tenths = 10 * disk / changed;
    terminal.line(
        "  written: %s for %s that the job changed, %d.%d bytes a byte"
            .formatted(Sizes.decimal(disk), Sizes.decimal(changed), tenths / 10, tenths % 10));
    terminal.line("    (write_bytes of /proc/PID/io; what the job wrote to its files)");
  }

  static void addTo(Document facts, JobRun run) {
    facts
        .put("checkpoints", run.checkpoints().count())
        .put("checkpointMedianMicros", run.checkpoints().quantile(0.5) / MICRO)
        .put("checkpointP99Micros", run.checkpoints().quantile(0.99) / MICRO)
        .put("openingMedianMicros", run.openings().quantile(0.5) / MICRO)
        .put("openingMaxMicros", run.openings().quantile(1) / MICRO)
        .put("changedBytes", run.changedBytes())
        .put("diskBytes", run.diskBytes());
  }
}
