import org.jspecify.annotations.NullMarked;

/** The command line: {@code vfo}, and the demo. */
@NullMarked
module dev.vfo.cli {
  requires com.fasterxml.jackson.core;
  requires dev.vfo.core;
  requires dev.vfo.run;
  requires info.picocli;
  requires static org.jspecify;

  opens dev.vfo.cli to
      info.picocli;
  opens dev.vfo.cli.demo to
      info.picocli;
}
