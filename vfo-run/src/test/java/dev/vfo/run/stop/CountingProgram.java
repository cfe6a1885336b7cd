package dev.vfo.run.stop;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A program whose threads count: each number goes to file A of a pair, then to file B. At any
 * instant A has what B has, or one more. Ends when its input does.
 */
final class CountingProgram {
  private CountingProgram() {}

  /** A file that holds a number. */
  private interface Counter {
    void set(long value) throws IOException;
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(
        path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
  }

  private static Counter written(Path path) throws IOException {
    FileChannel file = open(path);
    ByteBuffer buffer = ByteBuffer.allocateDirect(Long.BYTES);
    return value -> {
      buffer.clear().putLong(value).flip();
      file.write(buffer, 0);
    };
  }

  private static Counter mapped(Path path) throws IOException {
    MappedByteBuffer memory = open(path).map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
    return value -> {
      VarHandle.fullFence();
      memory.putLong(0, value);
      VarHandle.fullFence();
    };
  }

  private static void count(Counter a, Counter b) {
    try {
      for (long i = 1; ; i++) {
        a.set(i);
        b.set(i);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Argument: the folder. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    List<Counter> counters =
        List.of(
            written(folder.resolve("written-a")),
            written(folder.resolve("written-b")),
            mapped(folder.resolve("mapped-a")),
            mapped(folder.resolve("mapped-b")));
    for (int i = 0; i < counters.size(); i += 2) {
      Counter a = counters.get(i);
      Counter b = counters.get(i + 1);
      Thread.ofPlatform().daemon().start(() -> count(a, b));
    }
    System.out.println("counting");
    while (System.in.read() >= 0) {
      // Goes on.
    }
  }
}
