import org.jspecify.annotations.NullMarked;

/** The engine: a directory whose changes become real checkpoint by checkpoint. */
@NullMarked
module dev.vfo.core {
  requires transitive dev.vfo.storage;
  requires static transitive org.jspecify;

  exports dev.vfo;
  exports dev.vfo.inspect;
}
