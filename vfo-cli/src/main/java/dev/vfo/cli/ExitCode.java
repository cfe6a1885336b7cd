package dev.vfo.cli;

/** The codes that {@code vfo} ends with; each command's help lists those that it uses. */
public final class ExitCode {
  /** Done, and nothing is wrong. */
  public static final int OK = 0;

  /** The command did its work, and found a problem. */
  public static final int PROBLEM = 1;

  /** The command line is wrong; nothing was done. */
  public static final int USAGE = 2;

  /** VFO itself failed: it could not do what was asked. */
  public static final int FAILED = 125;

  /** Ended by Ctrl-C; the JVM's own code for it. */
  public static final int INTERRUPTED = 130;

  private ExitCode() {}
}
