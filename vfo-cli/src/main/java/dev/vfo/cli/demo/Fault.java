package dev.vfo.cli.demo;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.vfo.cli.job.WorkFile;
import dev.vfo.cli.job.WorkFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The three ways in which a step that is repeated after a crash spoils files, named as in the paper
 * of 2002.
 */
enum Fault {
  /** A file is appended to. */
  FARE("append \"B\" to \"A\"", "A", "AB") {
    @Override
    void step(WorkFiles files) throws IOException {
      try (WorkFile example = files.open(EXAMPLE, WRITE)) {
        example.append(bytes("B"));
      }
    }
  },
  /** A file is read, and written at the same place. */
  FARW("read 100, write 100 + 7", "100", "107") {
    @Override
    void step(WorkFiles files) throws IOException {
      try (WorkFile example = files.open(EXAMPLE, READ, WRITE)) {
        int number = Integer.parseInt(text(example.readAll()));
        example.writeFully(ByteBuffer.wrap(bytes(String.valueOf(number + 7))), 0);
      }
    }
  },
  /** A file is deleted, once its content is somewhere else. */
  FAD("move \"A\" out, delete", "A", "moved A") {
    @Override
    void step(WorkFiles files) throws IOException {
      try (WorkFile example = files.open(EXAMPLE, READ);
          WorkFile result = files.open(RESULT, WRITE, CREATE, TRUNCATE_EXISTING)) {
        result.append(bytes("moved " + text(example.readAll())));
      }
      files.delete(EXAMPLE);
    }
  };

  /** The file that each step works on. */
  static final String EXAMPLE = "example";

  /** The file that {@link #FAD} leaves. */
  static final String RESULT = "result";

  private final String title;
  private final String before;
  private final String right;

  Fault(String title, String before, String right) {
    this.title = title;
    this.before = before;
    this.right = right;
  }

  /** What the step does to the files. */
  abstract void step(WorkFiles files) throws IOException;

  /** What the step does, in a few words. */
  String title() {
    return title;
  }

  /** The content of the example at checkpoint i. */
  String before() {
    return before;
  }

  /** What must be there at checkpoint i + 1. */
  String right() {
    return right;
  }

  /** The file that has it. */
  String resultFile() {
    return this == FAD ? RESULT : EXAMPLE;
  }

  /** Makes the example. */
  void prepare(WorkFiles files) throws IOException {
    try (WorkFile example = files.open(EXAMPLE, WRITE, CREATE)) {
      example.append(bytes(before));
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
