package dev.vfo.cli.demo;

import dev.vfo.cli.Document;

/**
 * What came out of a part of the demo.
 *
 * @param good whether VFO did what it promises
 * @param facts what was seen, for programs
 */
record PartResult(boolean good, Document facts) {}
