import org.jspecify.annotations.NullMarked;

/** The FUSE door: a tree of the engine as a file system that unmodified programs use. */
@NullMarked
module dev.vfo.fuse {
  requires transitive dev.vfo.core;
  requires static org.jspecify;

  exports dev.vfo.fuse;
}
