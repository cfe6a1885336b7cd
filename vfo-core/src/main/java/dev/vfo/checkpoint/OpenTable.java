package dev.vfo.checkpoint;

import dev.vfo.changes.DescriptorTable;
import dev.vfo.changes.DescriptorTable.Descriptor;
import dev.vfo.overlay.FileEntry;
import dev.vfo.storage.Name;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the descriptors of a program are at an instant, with the entries that they lead to, each of
 * which is pinned once for it.
 *
 * @param files in the order of their first descriptors
 * @param descriptors by ascending number
 */
public record OpenTable(List<File> files, List<Descriptor> descriptors) {
  /** Nothing is open. */
  static final OpenTable EMPTY = new OpenTable(List.of(), List.of());

  /**
   * An open file.
   *
   * @param entry null when it was not there any more when the root was opened
   * @param is its flags and offset; number and path count only for one that was not there
   */
  public record File(@Nullable FileEntry entry, DescriptorTable.OpenFile is) {}

  /** As a record has it: with the paths that the files have at the end of a layer. */
  DescriptorTable toRecord(long layer) {
    List<DescriptorTable.OpenFile> open = new ArrayList<>();
    for (File file : files) {
      FileEntry entry = file.entry();
      open.add(entry == null ? file.is() : toRecord(entry, file.is(), layer));
    }
    return new DescriptorTable(open, descriptors);
  }

  private static DescriptorTable.OpenFile toRecord(
      FileEntry entry, DescriptorTable.OpenFile is, long layer) {
    List<Name> path = entry.pathAfter(layer);
    long number = path.isEmpty() ? entry.number() : 0;
    return new DescriptorTable.OpenFile(number, path, is.flags(), is.offsetBytes());
  }
}
