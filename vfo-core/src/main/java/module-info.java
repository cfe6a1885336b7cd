import org.jspecify.annotations.NullMarked;

/** The engine: a directory whose changes become real checkpoint by checkpoint. */
@NullMarked
module dev.vfo.core {
  requires transitive dev.vfo.storage;
  requires static transitive org.jspecify;
  // The signals that end a step loop.
  requires jdk.unsupported;

  exports dev.vfo;
  exports dev.vfo.inspect;
  exports dev.vfo.steps;
}
