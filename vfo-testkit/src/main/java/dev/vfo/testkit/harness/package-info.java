/**
 * Drives a {@link dev.vfo.testkit.history.Subject} through histories and tries to break it: {@link
 * dev.vfo.testkit.harness.CrashHarness} crashes it at every call to its storage, {@link
 * dev.vfo.testkit.harness.FaultHarness} makes calls fail, {@link dev.vfo.testkit.harness.Campaign}
 * does both for many seeds on several threads. One harness is for one thread; what it is made from
 * is immutable.
 */
package dev.vfo.testkit.harness;
