package dev.vfo.cli.demo;

import dev.vfo.cli.Terminal;

/**
 * Shows how far something is: one line that changes on a terminal, a line now and then where output
 * goes to a pipe.
 */
final class Progress {
  private static final long TERMINAL_NANOS = 100_000_000L;
  private static final long PIPE_NANOS = 5_000_000_000L;

  private final Terminal terminal;
  private final String title;
  private long shownAt = System.nanoTime();
  private int shownLength;

  Progress(Terminal terminal, String title) {
    this.terminal = terminal;
    this.title = title;
    if (terminal.isInteractive()) {
      show("");
    }
  }

  /** Shows the text, unless the last one was shown only just now. */
  void update(String text) {
    long interval = terminal.isInteractive() ? TERMINAL_NANOS : PIPE_NANOS;
    if (System.nanoTime() - shownAt < interval) {
      return;
    }
    shownAt = System.nanoTime();
    if (terminal.isInteractive()) {
      show(text);
    } else {
      terminal.line("  " + title + ": " + text);
    }
  }

  /** Ends it with a line that stays. */
  void end(String text) {
    if (terminal.isInteractive()) {
      show(text);
      terminal.line("");
    } else {
      terminal.line("  " + title + ": " + text);
    }
  }

  private void show(String text) {
    String line = "  " + title + ": " + text;
    if (line.length() >= Terminal.WIDTH) {
      line = line.substring(0, Terminal.WIDTH - 1);
    }
    terminal.print("\r" + line + " ".repeat(Math.max(0, shownLength - line.length())));
    shownLength = line.length();
  }
}
