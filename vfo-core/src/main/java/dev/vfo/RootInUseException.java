package dev.vfo;

import java.util.OptionalLong;

/** Another manager has the root open. */
public final class RootInUseException extends VfoException {
  private static final long serialVersionUID = 1L;

  private final long pid;

  /** By the process with this number; 0 when it is not known. */
  public RootInUseException(String root, long pid) {
    super(
        root
            + " is open in "
            + (pid == 0 ? "another process" : "process " + pid)
            + ": close it there, or wait until that process has ended");
    this.pid = pid;
  }

  /** The process that has it, if known. */
  public OptionalLong pid() {
    return pid == 0 ? OptionalLong.empty() : OptionalLong.of(pid);
  }
}
