package dev.vfo.storage.linux;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The bytes of a path that a user gave. A Path has them, but its text has lost what the locale's
 * encoding does not know; its URI has them all.
 */
final class OutsidePath {
  private OutsidePath() {}

  /** The absolute path. */
  static byte[] bytes(Path path) throws StorageException {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      throw new StorageException(Errno.EINVAL, "open", path + ", which is not on this system");
    }
    return decode(path.toUri().getRawPath());
  }

  private static byte[] decode(String escaped) {
    byte[] text = escaped.getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = new byte[text.length];
    int length = 0;
    for (int i = 0; i < text.length; i++) {
      if (text[i] == '%') {
        bytes[length++] = (byte) HexFormat.fromHexDigits(escaped, i + 1, i + 3);
        i += 2;
      } else {
        bytes[length++] = text[i];
      }
    }
    return Arrays.copyOf(bytes, length);
  }
}
