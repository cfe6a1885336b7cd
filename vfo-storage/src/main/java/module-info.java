import org.jspecify.annotations.NullMarked;

/** The seam between VFO and the operating system's files. */
@NullMarked
module dev.vfo.storage {
  requires static transitive org.jspecify;

  exports dev.vfo.storage;
  exports dev.vfo.storage.linux;
}
