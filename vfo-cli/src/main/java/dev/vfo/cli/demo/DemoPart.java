package dev.vfo.cli.demo;

import java.io.IOException;

/** A part of the demo. */
interface DemoPart {
  /** What it is called on the command line. */
  String name();

  /** What it shows, in a line. */
  String title();

  /** Runs it and prints what came out. */
  PartResult run(DemoSettings settings) throws IOException, InterruptedException;
}
