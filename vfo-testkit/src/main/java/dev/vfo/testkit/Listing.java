package dev.vfo.testkit;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a directory holds, as a program is told. */
final class Listing {
  /** An entry. */
  record Item(Name name, long inode, FileType type) {}

  private Listing() {}

  /** The entries in an order that has nothing to do with their names, but is always the same. */
  static List<Item> of(Disk disk, Descriptor descriptor) throws StorageException {
    Inode directory = disk.directory(descriptor, "list");
    if (descriptor.isPlace()) {
      throw Disk.refusal(Errno.EBADF, "list", descriptor);
    }
    List<Item> entries = new ArrayList<>();
    for (Map.Entry<Name, Long> entry : directory.entries().names.entries()) {
      Inode inode = disk.inodes.get(entry.getValue());
      entries.add(new Item(entry.getKey(), inode.number, inode.type));
    }
    long seed = disk.options.seed();
    entries.sort((first, second) -> {
      int order =
          Long.compare(
              Chance.seed(seed, first.name().hashCode()),
              Chance.seed(seed, second.name().hashCode()));
      return order != 0 ? order : first.name().compareTo(second.name());
    });
    return entries;
  }
}
