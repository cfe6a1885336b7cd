import org.jspecify.annotations.NullMarked;

/** Unmodified programs whose files are checkpointed while they run. */
@NullMarked
module dev.vfo.run {
  requires transitive dev.vfo.fuse;
  requires static org.jspecify;

  exports dev.vfo.run.job;
  exports dev.vfo.run.space;
  exports dev.vfo.run.stop;

  opens dev.vfo.run.job to
      dev.vfo.core;
}
