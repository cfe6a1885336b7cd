package dev.vfo.cli.demo;

import dev.vfo.Options;
import dev.vfo.cli.RootRegistry;
import dev.vfo.cli.job.PlainFiles;
import dev.vfo.cli.job.VfoFiles;
import dev.vfo.cli.job.WorkFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The process that the demo starts and kills. Its first argument says what it does. It ends at once
 * when its input does: then the demo is gone.
 */
public final class Worker {

  private Worker() {}

  /**
   * Where a worker keeps its files.
   *
   * @param vfo whether VFO manages them
   * @param root the directory
   * @param registry folder of the list on which VFO's root stands as long as a crash could leave it
   *     in the middle
   */
  record Place(boolean vfo, Path root, Path registry) {
    private static Place of(String[] arguments) {
      return new Place(arguments[1].equals("vfo"), Path.of(arguments[2]), Path.of(arguments[3]));
    }

    WorkFiles open(boolean forgiving) throws IOException {
      if (!vfo) {
        return PlainFiles.open(root, Path.of(root + ".progress"), forgiving);
      }
      Options options = Options.defaults().withRootListener(new RootRegistry(registry));
      return VfoFiles.open(root, options);
    }
  }

  /**
   * The arguments of a worker.
   *
   * @param job what it does: {@code fault} or {@code index}
   * @param rest what that job takes
   */
  static List<String> arguments(String job, Place place, List<String> rest) {
    List<String> arguments = new ArrayList<>();
    arguments.add(job);
    arguments.add(place.vfo ? "vfo" : "plain");
    arguments.add(place.root.toString());
    arguments.add(place.registry.toString());
    arguments.addAll(rest);
    return arguments;
  }

  /** Started by the demo only. */
  public static void main(String[] arguments) {
    Thread.ofPlatform().daemon().name("vfo-demo-watch").start(Worker::watchDemo);
    try {
      Place place = Place.of(arguments);
      switch (arguments[0]) {
        case "fault" -> FaultWorker.run(Fault.valueOf(arguments[4]), place);
        case "index" -> IndexWorker.run(place, Path.of(arguments[4]), Long.parseLong(arguments[5]));
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

  private static void watchDemo() {
    try {
      while (System.in.read() >= 0) {
        Thread.onSpinWait();
      }
      System.err.println("the demo is gone");
    } catch (IOException e) {
      System.err.println("the demo cannot be watched: " + e.getMessage());
    }
    // As a kill would: there is nobody left who wants the step.
    Runtime.getRuntime().halt(1);
  }

  private static String describe(Exception e) {
    String kind = e.getClass().getSimpleName();
    return e.getMessage() == null ? kind : kind + ": " + e.getMessage();
  }
}
