package dev.vfo.changes;

import dev.vfo.storage.Name;
import java.util.List;

/**
 * The descriptor table of a program at a checkpoint, as its record has it.
 *
 * @param files the open files, in the order of their first descriptors
 * @param descriptors by ascending number
 */
public record DescriptorTable(List<OpenFile> files, List<Descriptor> descriptors) {
  /** Nothing is open. */
  public static final DescriptorTable EMPTY = new DescriptorTable(List.of(), List.of());

  /** Open for reading. */
  public static final int READ = 1;

  /** Open for writing. */
  public static final int WRITE = 2;

  /** Each write goes to the end. */
  public static final int APPEND = 4;

  static final int ALL_FLAGS = READ | WRITE | APPEND;

  /**
   * What one open call has made, and dup has perhaps given to several descriptors.
   *
   * @param number of an entry without a name: its home file among the orphans is named so; else 0
   * @param path the names from the root to the file; none when it has lost its last one
   * @param flags of {@link #READ}, {@link #WRITE}, {@link #APPEND}
   * @param offsetBytes where it reads or writes next
   */
  public record OpenFile(long number, List<Name> path, int flags, long offsetBytes) {
    /** Copies the list. */
    public OpenFile {
      path = List.copyOf(path);
    }

    /** Whether its home file is among the orphans. */
    public boolean isOrphan() {
      return path.isEmpty();
    }
  }

  /**
   * A descriptor.
   *
   * @param number from 0 on
   * @param file its place in the list of open files
   */
  public record Descriptor(int number, int file) {}

  /** Copies the lists. */
  public DescriptorTable {
    files = List.copyOf(files);
    descriptors = List.copyOf(descriptors);
  }

  /** Whether nothing is open. */
  public boolean isEmpty() {
    return descriptors.isEmpty();
  }
}
