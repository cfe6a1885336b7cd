package dev.vfo.run.job;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The talk with the script that starts the job's program ({@code run.sh}, which has the rules). For
 * one thread.
 */
final class Console {
  private static final String TELL = "/proc/self/fd/4";
  private static final String ALIVE = "/proc/self/fd/6";

  /** What happened. */
  sealed interface Event {}

  /**
   * The program ended.
   *
   * @param code of the shell: 128 and the signal for one that was killed
   */
  record Exited(int code) implements Event {}

  /** Somebody wants the job to stop. */
  record Stop() implements Event {}

  /** The script outside is gone, and nobody waits for the job any more. */
  record Abandoned() implements Event {}

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

  private Console() {}

  /** Listens to the script that started this process. */
  static Console open() {
    Console console = new Console();
    start("vfo-console", console::listen);
    start("vfo-alive", console::watch);
    return console;
  }

  private static void start(String name, Runnable task) {
    Thread.ofPlatform().daemon().name(name).start(task);
  }

  private void listen() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("exit ")) {
          events.add(new Exited(Integer.parseInt(line.substring("exit ".length()))));
        } else if (line.equals("term")) {
          events.add(new Stop());
        }
      }
    } catch (IOException e) {
      events.add(new Abandoned());
    }
  }

  private void watch() {
    try (FileInputStream alive = new FileInputStream(ALIVE)) {
      while (alive.read() >= 0) {
        // Nobody writes.
      }
    } catch (IOException e) {
      // Not there: not there any more.
    }
    events.add(new Abandoned());
  }

  /** The next event, or null when none comes in time. */
  @Nullable Event await(Duration most) throws InterruptedException {
    return events.poll(most.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Has a shell script run in the foreground; an {@link Exited} follows. */
  void run(String script) throws IOException {
    StringBuilder lines = new StringBuilder();
    script.lines().forEach(line -> lines.append('+').append(line).append('\n'));
    say(lines + "run");
  }

  /** Ends the job: this must be the last that is done. */
  void end(int code) throws IOException {
    say("code " + code);
  }

  /** Has all begin anew: likewise. */
  void again() throws IOException {
    say("again");
  }

  private static void say(String line) throws IOException {
    try (FileOutputStream tell = new FileOutputStream(TELL)) {
      tell.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }
}
