package dev.vfo.storage;

/** What {@link Storage#rename} does with an existing target. */
public enum RenameMode {
  /** Replaces it in one atomic act (C1). */
  REPLACE,
  /** Fails with EEXIST. */
  NO_REPLACE,
  /** Gives it the other name; both must exist. */
  EXCHANGE
}
