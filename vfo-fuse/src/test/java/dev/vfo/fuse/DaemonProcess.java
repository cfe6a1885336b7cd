package dev.vfo.fuse;

import dev.vfo.Options;
import dev.vfo.VirtualFileManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A process that manages a root and serves a mount of it, to be killed: a checkpoint for each line
 * that it reads, and one line for each that it has made.
 */
final class DaemonProcess {
  private DaemonProcess() {}

  /** Arguments: root, where it is mounted. */
  public static void main(String[] args) throws IOException {
    try (VirtualFileManager files = VirtualFileManager.open(Path.of(args[0]), Options.defaults());
        FuseMount mount = FuseMount.mount(files, Path.of(args[1]), MountOptions.defaults())) {
      System.out.println("mounted");
      while (System.in.read() >= 0) {
        mount.barrier();
        long number = files.checkpoint("state".getBytes(StandardCharsets.UTF_8)).number();
        System.out.println(number);
      }
    }
  }
}
