package dev.vfo.testkit;

import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/**
 * The tests that every {@link Storage} must pass. A subclass gives the storage and, for each test,
 * a new empty directory.
 *
 * <p>What only some file systems can do (extended attributes, holes, device nodes, other owners) is
 * tested where it works and reported as aborted where the storage answers that it does not. Nothing
 * is asserted about crashes here, see C1.. in {@code docs/guarantees.md} and {@link
 * SimulatedStorage} for those.
 */
public abstract class StorageContract
    implements OpenContract,
        ContentContract,
        SparseContract,
        NamespaceContract,
        RenameContract,
        DirectoryContract,
        AttributeContract,
        XattrContract,
        ThreadContract {

  private @Nullable TestFiles files;

  /** For subclasses; JUnit makes one instance for each test. */
  protected StorageContract() {}

  /** The storage under test; the same one for the whole of a test. */
  public abstract Storage storage();

  /**
   * A descriptor of an empty directory, opened for reading; the same one for the whole of a test.
   * The subclass closes it and removes what is left in it.
   */
  public abstract int root();

  @Override
  @SuppressWarnings(
      "exports") // Public only because an interface's methods are; not for subclasses.
  public final TestFiles files() {
    TestFiles current = files;
    if (current == null) {
      current = new TestFiles(storage(), root());
      files = current;
    }
    return current;
  }

  /** Closes what the test left open. */
  @AfterEach
  final void closeFiles() throws StorageException {
    if (files != null) {
      files.close();
      files = null;
    }
  }
}
