package dev.vfo.testkit;

/** Which part of what was not synced a simulated power loss leaves. */
public enum CrashMode {
  /** A legal subset that the seed chooses: any of them, more often than not a mixed one. */
  RANDOM,
  /** All of it. */
  KEEP_ALL,
  /** Nothing of it. */
  LOSE_ALL,
  /** All name operations, but neither data nor sizes nor attributes. */
  KEEP_NAMES,
  /** All name operations, sizes and attributes; data is as it was, zeros where there was none. */
  KEEP_NAMES_AND_SIZES,
  /** All name operations, sizes and attributes; the data is garbage wherever it was not synced. */
  GARBAGE,
  /** All data, sizes and attributes, but no name operation. */
  KEEP_DATA
}
