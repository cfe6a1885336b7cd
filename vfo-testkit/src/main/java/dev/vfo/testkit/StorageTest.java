package dev.vfo.testkit;

/** What each part of the {@link StorageContract} works on. */
interface StorageTest {
  /** The storage under test and an empty directory; the same one for the whole of a test. */
  TestFiles files();
}
