package dev.vfo.inspect;

import dev.vfo.CorruptJournalException;
import dev.vfo.changes.StateBytes;
import dev.vfo.storage.Errno;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** The file of a state that is too long for its record. */
final class StateFile {
  private static final int PIECE_BYTES = 1 << 20;

  private StateFile() {}

  /**
   * Reads the file and compares it with what the record says.
   *
   * @param folder descriptor of the folder of states
   * @throws CorruptJournalException when it is another one, or missing
   */
  static void verify(Storage storage, int folder, long checkpoint, StateBytes expected)
      throws IOException {
    Name name = Name.of(HexFormat.of().toHexDigits(checkpoint) + ".state");
    CRC32C checksum = new CRC32C();
    long length;
    try {
      length = read(storage, folder, name, checksum);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        throw new CorruptJournalException("state/" + name, 0, "the file is missing");
      }
      throw e;
    }
    if (length != expected.lengthBytes() || (int) checksum.getValue() != expected.checksum()) {
      throw new CorruptJournalException("state/" + name, 0, "not the state that was committed");
    }
  }

  private static long read(Storage storage, int folder, Name name, CRC32C checksum)
      throws StorageException {
    int fd = storage.open(folder, name, OpenFlag.READ, 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment piece = arena.allocate(PIECE_BYTES);
      long done = 0;
      for (long count = 1; count > 0; done += count) {
        count = storage.read(fd, piece, done);
        checksum.update(piece.asSlice(0, count).asByteBuffer());
      }
      return done;
    } finally {
      storage.close(fd);
    }
  }
}
