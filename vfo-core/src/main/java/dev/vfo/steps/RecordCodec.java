package dev.vfo.steps;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Writes a record as its components one after the other, without names or types: its version stands
 * for these. Reads nothing but exactly that.
 */
final class RecordCodec<S extends Record> implements StateCodec<S> {
  private final Class<S> type;
  private final String shape;
  private final long version;
  private final Form form;

  RecordCodec(Class<S> type) {
    this.type = type;
    FormFinder finder = new FormFinder();
    this.form = finder.find(type, type.getSimpleName());
    this.shape = finder.shape();
    this.version = hash(shape);
  }

  private static long hash(String shape) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return ByteBuffer.wrap(digest.digest(shape.getBytes(StandardCharsets.UTF_8))).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("a JVM without SHA-256", e);
    }
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public byte[] encode(S state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      form.write(new DataOutputStream(bytes), state);
    } catch (IOException e) {
      throw new IllegalStateException("memory cannot be written to", e);
    }
    return bytes.toByteArray();
  }

  @Override
  public S decode(byte[] bytes, long writtenVersion) throws StateFormatException {
    if (writtenVersion != version) {
      throw new StateFormatException(
          "the last checkpoint's state has another shape than "
              + type.getName()
              + ", which is "
              + shape
              + ": go on with the program that wrote it, or give the loop a StateCodec that reads"
              + " both versions, "
              + Long.toHexString(writtenVersion)
              + " and "
              + Long.toHexString(version));
    }
    ByteBuffer source = ByteBuffer.wrap(bytes);
    try {
      S state = type.cast(form.read(source));
      if (source.hasRemaining()) {
        throw new StateFormatException(damaged(source.remaining() + " bytes too many"));
      }
      return state;
    } catch (BufferUnderflowException e) {
      throw new StateFormatException(damaged("it ends too early"), e);
    } catch (IllegalArgumentException e) {
      throw new StateFormatException(damaged(String.valueOf(e.getMessage())), e);
    }
  }

  private String damaged(String what) {
    return "the last checkpoint's state is no " + type.getName() + ": " + what;
  }
}
