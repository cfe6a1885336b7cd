package dev.vfo.testkit.history;

import dev.vfo.storage.Errno;
import dev.vfo.storage.StorageException;
import dev.vfo.testkit.model.FileAttributes;
import dev.vfo.testkit.model.ListedName;
import dev.vfo.testkit.model.ModelFile;
import dev.vfo.testkit.model.TreeCalls;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/** What an operation answered. */
@SuppressWarnings("ClassInitializationDeadlock") // Done has no initializer that could wait.
public sealed interface Outcome {
  /** Done, with nothing to say. */
  Outcome DONE = new Done();

  /** Done, with nothing to say. */
  record Done() implements Outcome {}

  /**
   * Bytes.
   *
   * @param bytes not copied, not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by bytes, and made once for each read.
  record Data(byte[] bytes) implements Outcome {
    @Override
    public boolean equals(Object other) {
      return other instanceof Data data && Arrays.equals(bytes, data.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      CRC32C checksum = new CRC32C();
      checksum.update(bytes);
      return "%d bytes, checksum %08x".formatted(bytes.length, checksum.getValue());
    }
  }

  /**
   * Attributes of a file.
   *
   * @param attributes those
   */
  record Attributes(FileAttributes attributes) implements Outcome {}

  /**
   * Names in a directory.
   *
   * @param names in ascending order
   */
  record Names(List<ListedName> names) implements Outcome {}

  /**
   * Names that are no files'.
   *
   * @param texts in ascending order
   */
  record Texts(List<String> texts) implements Outcome {}

  /**
   * A checkpoint was decided.
   *
   * @param number its number
   */
  record Committed(long number) implements Outcome {}

  /**
   * Refused, and without effect.
   *
   * @param errno why
   */
  record Refused(Errno errno) implements Outcome {}

  /**
   * Thrown out of with something that is no errno.
   *
   * @param cause what was thrown
   */
  record Failed(Exception cause) implements Outcome {}

  /**
   * Performs a file operation, and turns what it throws into an outcome; lets every {@link Error}
   * through.
   */
  static Outcome of(FileOperation operation, TreeCalls files) {
    try {
      return operation.runOn(files);
    } catch (StorageException e) {
      return new Refused(e.errno());
    } catch (IOException | RuntimeException e) {
      return new Failed(e);
    }
  }

  /**
   * Performs a control operation, but not {@link ControlOperation.Reopen}; else as the other one.
   */
  static Outcome of(ControlOperation operation, Subject subject) {
    try {
      return perform(operation, subject);
    } catch (StorageException e) {
      return new Refused(e.errno());
    } catch (IOException | RuntimeException e) {
      return new Failed(e);
    }
  }

  private static Outcome perform(ControlOperation operation, Subject subject) throws IOException {
    switch (operation) {
      case ControlOperation.Checkpoint(Payload state) -> {
        return new Committed(subject.checkpoint(state.bytes()));
      }
      case ControlOperation.Commit(int slot, Payload state) -> {
        return new Committed(subject.commit(slot, state.bytes()));
      }
      case ControlOperation.Seal(int slot) -> subject.seal(slot);
      case ControlOperation.Rollback() -> subject.rollback();
      case ControlOperation.AwaitApplied() -> subject.awaitApplied();
      case ControlOperation.RunBackground() -> subject.runBackground();
      case ControlOperation.Reopen() ->
          throw new IllegalArgumentException("only who opened a subject can open it again");
    }
    return DONE;
  }

  /** Whether it is an error. */
  default boolean isError() {
    return this instanceof Refused || this instanceof Failed;
  }

  /**
   * Whether an answer is as good as this, the expected one: equal, but for a time that the model
   * does not know.
   */
  default boolean accepts(Outcome actual) {
    if (this instanceof Attributes(FileAttributes mine)
        && actual instanceof Attributes(FileAttributes theirs)
        && mine.modifyNanos() == ModelFile.UNKNOWN_TIME) {
      return mine.equals(theirs.withModifyNanos(ModelFile.UNKNOWN_TIME));
    }
    return equals(actual);
  }

  /** The same without a time of modification, which depends on when a call was made. */
  default Outcome timeless() {
    return this instanceof Attributes(FileAttributes is)
        ? new Attributes(is.withModifyNanos(0))
        : this;
  }

  /** A line that says how an answer differs from this, the expected one. */
  default String differenceTo(Outcome actual) {
    String text = "expected " + this + " but got " + actual;
    if (this instanceof Data(byte[] mine) && actual instanceof Data(byte[] theirs)) {
      return text + "; " + differenceOf(mine, theirs);
    }
    return text;
  }

  /** A line that says where two contents differ. */
  static String differenceOf(byte[] expected, byte[] actual) {
    int at = Arrays.mismatch(expected, actual);
    if (at < 0) {
      return "same bytes";
    }
    return "first difference at byte %d of %d (actual size %d): expected %s, actual %s"
        .formatted(at, expected.length, actual.length, hex(expected, at), hex(actual, at));
  }

  private static String hex(byte[] bytes, int from) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < Math.min(bytes.length, from + 8); i++) {
      text.append("%02x".formatted(bytes[i]));
    }
    return from < bytes.length ? text.toString() : "end";
  }
}
