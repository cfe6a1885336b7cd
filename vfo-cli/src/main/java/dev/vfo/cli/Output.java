package dev.vfo.cli;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** A stream that remembers the first error, which a PrintStream above it would forget. */
final class Output extends OutputStream {
  private final OutputStream target;
  private @Nullable IOException error;

  Output(OutputStream target) {
    this.target = target;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      target.write(bytes, offset, length);
    } catch (IOException e) {
      if (error == null) {
        error = e;
      }
      throw e;
    }
  }

  /** The first error, null if there was none. */
  @Nullable IOException error() {
    return error;
  }
}
