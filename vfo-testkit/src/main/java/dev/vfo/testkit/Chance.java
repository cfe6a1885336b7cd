package dev.vfo.testkit;

/**
 * A seeded sequence of choices: the same seed gives the same ones on every machine. For one thread.
 */
final class Chance {
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private long state;

  Chance(long seed) {
    state = seed;
  }

  /** Another sequence that starts where this one is. */
  Chance copy() {
    return new Chance(state);
  }

  /** Goes on with another sequence, that this number decides too. */
  void stir(long value) {
    state = seed(state, value);
  }

  /** A one-to-one scrambling of 64 bits. */
  static long mix(long value) {
    long bits = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
    return bits ^ (bits >>> 31);
  }

  /** A seed made of two numbers. */
  static long seed(long first, long second) {
    return mix(mix(first + STEP) + second);
  }

  long next() {
    state += STEP;
    return mix(state);
  }

  /** A number from 0 to {@code bound} - 1. */
  int below(int bound) {
    return (int) (((next() >>> 33) * bound) >>> 31);
  }

  boolean coin() {
    return next() < 0;
  }

  /** True with this probability, from 0 (never) to 1 (always). */
  boolean happens(double probability) {
    return (next() >>> 11) * 0x1.0p-53 < probability;
  }

  /** One of these. */
  double oneOf(double... values) {
    return values[below(values.length)];
  }
}
