package dev.vfo.checkpoint;

import java.io.IOException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** The descriptors of a program, as the engine sees them. */
public interface DescriptorSource {
  /** The lock that keeps descriptors and their offsets as they are; behind the commit lock. */
  Lock lock();

  /** What is open, each entry pinned once. The caller holds the lock. */
  OpenTable snapshot();

  /** Closes everything and opens what is in a table. The caller holds the lock. */
  void restore(OpenTable table) throws IOException;

  /** A program that has no descriptors. */
  static DescriptorSource none() {
    Lock lock = new ReentrantLock();
    return new DescriptorSource() {
      @Override
      public Lock lock() {
        return lock;
      }

      @Override
      public OpenTable snapshot() {
        return OpenTable.EMPTY;
      }

      @Override
      public void restore(OpenTable table) {}
    };
  }
}
