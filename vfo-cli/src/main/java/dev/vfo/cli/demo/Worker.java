package dev.vfo.cli.demo;

import dev.vfo.cli.job.PlainFiles;
import dev.vfo.cli.job.VfoFiles;
import dev.vfo.cli.job.WorkFiles;
import java.io.IOException;
import java.nio.file.Path;

/** The process that the demo starts and kills. Its first argument says what it does. */
public final class Worker {

  private Worker() {}

  /** Where a worker keeps its files: {@code vfo ROOT}, or {@code plain ROOT PROGRESSFILE}. */
  record Place(boolean vfo, Path root, Path progressFile) {
    static Place of(String kind, String root) {
      return new Place(kind.equals("vfo"), Path.of(root), Path.of(root + ".progress"));
    }

    WorkFiles open(boolean forgiving) throws IOException {
      return vfo ? VfoFiles.open(root) : PlainFiles.open(root, progressFile, forgiving);
    }
  }

  /** Started by the demo only. */
  public static void main(String[] arguments) {
    try {
      Place place = Place.of(arguments[1], arguments[2]);
      switch (arguments[0]) {
        case "fault" -> FaultWorker.run(Fault.valueOf(arguments[3]), place);
        case "index" -> IndexWorker.run(place, Path.of(arguments[3]), Long.parseLong(arguments[4]));
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    } catch (IOException | RuntimeException e) {
      System.err.println(describe(e));
      if (System.getenv("VFO_DEBUG") != null) {
        e.printStackTrace();
      }
      System.exit(1);
    }
  }

  private static String describe(Exception e) {
    String kind = e.getClass().getSimpleName();
    return e.getMessage() == null ? kind : kind + ": " + e.getMessage();
  }
}
