import org.jspecify.annotations.NullMarked;

/**
 * Simulated storage, model, history generator and contract suites for what stands on the storage
 * seam.
 */
@NullMarked
module dev.vfo.testkit {
  requires transitive dev.vfo.storage;
  requires transitive org.junit.jupiter.api;
  requires static transitive org.jspecify;

  exports dev.vfo.testkit;
  exports dev.vfo.testkit.harness;
  exports dev.vfo.testkit.history;
  exports dev.vfo.testkit.model;
}
