package dev.vfo.run.space;

import dev.vfo.Options;
import dev.vfo.VirtualFileManager;
import dev.vfo.fuse.FuseMount;
import dev.vfo.fuse.MountOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The first process of a process namespace, with a root and a program in a mount space. */
final class SpaceProcess {
  private SpaceProcess() {}

  /** Arguments: root, and a script for the program. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path root = Path.of(args[0]);
    VirtualFileManager files =
        VirtualFileManager.open(root, Options.defaults().withClock(FuseMount.clock()));
    MountSpace space = MountSpace.open(files, root, MountOptions.defaults());
    List<String> program = space.entering(root, List.of("sh", "-euc", args[1]));
    new ProcessBuilder(program).inheritIO().start().waitFor();
  }
}
