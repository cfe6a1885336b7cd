package dev.vfo.steps;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How values of one type are written and read. {@code read} throws {@link
 * java.nio.BufferUnderflowException} when there is too little, and {@link IllegalArgumentException}
 * for what {@code write} would not have written.
 */
interface Form {
  /** Refuses null, with {@link IllegalArgumentException}. */
  void write(DataOutputStream target, @Nullable Object value) throws IOException;

  Object read(ByteBuffer source);
}
