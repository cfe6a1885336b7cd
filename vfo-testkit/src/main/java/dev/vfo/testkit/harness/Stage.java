package dev.vfo.testkit.harness;

/** How far a harness had come when it found something, the simplest to understand first. */
enum Stage {
  /** A plain run, without crash or fault. */
  REHEARSAL,
  /** A recovery after a crash. */
  CRASH,
  /** What a recovered subject did next. */
  CONTINUATION,
  /** A run with a fault, or what was found after it. */
  FAULT
}
