package dev.vfo.apply;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.apply.LostNames.Place;
import dev.vfo.journal.RootId;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.util.Map;
import java.util.Optional;

/**
 * The lost names of a root, on disk as {@code .vfo/stage/lost}, for as long as the descriptor table
 * that they spoil is that of the last checkpoint. Little-endian:
 *
 * <pre>
 *    0  8  magic "VFOLOST" and a zero
 *    8  4  version
 *   12  4  number of names
 *   16 16  root id
 *   32  8  the newest record that can name these files by these names
 *   40  4  checksum (CRC32C) of the bytes before
 *   44  4  zero
 *   48     names: the directory's inode and generation, those of the directory that may be found
 *          there or zeros, the length of the name (8 bytes each), its bytes, zeros up to a multiple
 *          of 8
 *          checksum (CRC32C) of all bytes before it, 4 bytes, and 4 zeros
 * </pre>
 */
final class LostNamesFile {
  private static final long MAGIC = 0x0054534F4C4F4656L;
  private static final int VERSION = 1;
  private static final Name NAME = Name.of("lost");
  private static final Name NEW_NAME = Name.of("lost.new");
  private static final String PATH = "stage/lost";
  private static final int MODE = 0600;

  private final ApplyTarget target;
  private final Storage storage;

  LostNamesFile(ApplyTarget target) {
    this.target = target;
    this.storage = target.storage();
  }

  /** What stands in it, and up to which record that counts. */
  record Content(long newestRecord, LostNames names) {}

  /** Reads it; empty when there is none. */
  Optional<Content> read() throws StorageException, CorruptJournalException, NewerFormatException {
    try (OpenFile file = OpenFile.open(storage, target.stageFd(), NAME, OpenFlag.READ, 0);
        PlanInput input = new PlanInput(file, PATH)) {
      return Optional.of(read(input));
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Content read(PlanInput input)
      throws StorageException, CorruptJournalException, NewerFormatException {
    require(input, input.takeLong() == MAGIC, "this is no list of lost names");
    int version = input.takeInt();
    int count = input.takeInt();
    RootId root = new RootId(input.takeLong(), input.takeLong());
    long newestRecord = input.takeLong();
    int headerChecksum = input.checksum();
    require(input, input.takeInt() == headerChecksum, "the header's checksum does not fit");
    if (version > VERSION) {
      throw new NewerFormatException(PATH, version, VERSION);
    }
    boolean plain = input.takeInt() == 0 && version == VERSION && count >= 0;
    require(input, plain, "not the format");
    require(input, root.equals(target.rootId()), "it is of another root");
    LostNames names = new LostNames();
    for (int i = 0; i < count; i++) {
      FileIdentity directory = new FileIdentity(input.takeLong(), input.takeLong());
      FileIdentity found = new FileIdentity(input.takeLong(), input.takeLong());
      names.add(
          new Place(directory, takeName(input)),
          found.inode() == 0 ? Optional.empty() : Optional.of(found));
    }
    int checksum = input.checksum();
    require(input, input.takeInt() == checksum, "the checksum does not fit");
    require(input, input.takeInt() == 0 && input.isAtEnd(), "something follows the checksum");
    return new Content(newestRecord, names);
  }

  private static Name takeName(PlanInput input) throws StorageException, CorruptJournalException {
    long length = input.takeLong();
    require(input, length > 0 && length <= Name.MAX_BYTES, "no name");
    byte[] bytes = new byte[(int) length];
    for (int i = 0; i < length; i += Long.BYTES) {
      long eight = input.takeLong();
      for (int j = i; j < Math.min(length, i + Long.BYTES); j++) {
        bytes[j] = (byte) (eight >>> (Byte.SIZE * (j - i)));
      }
    }
    return Name.of(bytes);
  }

  /** Writes it durably, in the place of what is there. */
  void write(Content content) throws StorageException {
    int flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.TRUNCATE;
    try (OpenFile file = OpenFile.open(storage, target.stageFd(), NEW_NAME, flags, MODE);
        PlanOutput output = new PlanOutput(file)) {
      write(output, content);
      storage.sync(file.fd());
    }
    storage.rename(target.stageFd(), NEW_NAME, target.stageFd(), NAME, RenameMode.REPLACE);
    storage.sync(target.stageFd());
  }

  private void write(PlanOutput output, Content content) throws StorageException {
    Map<Place, Optional<FileIdentity>> places = content.names().places();
    output.putLong(MAGIC);
    output.putInt(VERSION);
    output.putInt(places.size());
    output.putLong(target.rootId().low());
    output.putLong(target.rootId().high());
    output.putLong(content.newestRecord());
    output.putChecksum();
    output.putInt(0);
    for (Map.Entry<Place, Optional<FileIdentity>> place : places.entrySet()) {
      put(output, place.getKey().directory());
      put(output, place.getValue().orElse(new FileIdentity(0, 0)));
      put(output, place.getKey().name());
    }
    output.finish();
  }

  private static void put(PlanOutput output, FileIdentity identity) throws StorageException {
    output.putLong(identity.inode());
    output.putLong(identity.generation());
  }

  private static void put(PlanOutput output, Name name) throws StorageException {
    byte[] bytes = name.bytes();
    output.putLong(bytes.length);
    for (int i = 0; i < bytes.length; i += Long.BYTES) {
      long eight = 0;
      for (int j = i; j < Math.min(bytes.length, i + Long.BYTES); j++) {
        eight |= (bytes[j] & 0xFFL) << (Byte.SIZE * (j - i));
      }
      output.putLong(eight);
    }
  }

  /** Removes it, if it is there. */
  void remove() throws StorageException {
    try {
      storage.unlink(target.stageFd(), NAME);
    } catch (StorageException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  private static void require(PlanInput input, boolean condition, String reason)
      throws CorruptJournalException {
    if (!condition) {
      throw input.damaged(reason);
    }
  }
}
