package dev.vfo.testkit;

import dev.vfo.storage.Name;

/**
 * One directory entry before and after a name operation. Files are given by serial number.
 *
 * @param before the file that had the name, or {@link #NONE}
 * @param after the file that has it then, or {@link #NONE}
 */
record SlotChange(long directory, Name name, long before, long after) {
  static final long NONE = 0;

  boolean isAt(SlotChange other) {
    return directory == other.directory && name.equals(other.name);
  }

  boolean mentions(long serial) {
    return before == serial || after == serial;
  }
}
