package dev.vfo.testkit.harness;

import java.util.ArrayList;
import java.util.List;

/** Lines that say how a tree differs from what it should be; not more than can be read. */
final class Differences {
  private static final int MAX_LINES = 30;

  private final List<String> lines = new ArrayList<>();

  void add(Object place, String what) {
    if (lines.size() < MAX_LINES) {
      lines.add(place + ": " + what);
    } else if (lines.size() == MAX_LINES) {
      lines.add("... and more");
    }
  }

  /** The lines; empty when the trees are equal. */
  List<String> lines() {
    return lines;
  }
}
