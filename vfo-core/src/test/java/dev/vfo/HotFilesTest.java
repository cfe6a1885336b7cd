package dev.vfo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Few files, each with one writer and a reader, while checkpoints are made and applied one after
 * the other: no write is ever seen in part, by the reader or in a checkpoint, and none goes back.
 */
class HotFilesTest {
  private static final int FILES = 2;
  private static final int ROUNDS = 2;
  private static final int CHECKPOINTS = 25;
  private static final long SEED = Long.getLong("vfo.seed", 1);

  @TempDir Path folder;

  @Test
  void noWriteIsSeenInPart() throws Exception {
    run(folder, SEED);
  }

  static void run(Path root, long seed) throws Exception {
    for (int number = 0; number < ROUNDS; number++) {
      round(root, seed * 100 + number);
    }
  }

  private static void round(Path root, long seed) throws Exception {
    List<HotFile> hot = new ArrayList<>();
    List<HotFile.Write> least = new ArrayList<>();
    Crew crew = new Crew();
    try (VirtualFileManager files = VirtualFileManager.open(root, Options.defaults())) {
      for (int i = 0; i < FILES; i++) {
        HotFile file = new HotFile(files.tree(), "f" + i);
        SplittableRandom random = new SplittableRandom(seed * 10 + i);
        SplittableRandom other = random.split();
        hot.add(file);
        crew.start(() -> file.write(random, crew));
        crew.start(() -> file.read(other, crew));
      }
      for (int number = 0; number < CHECKPOINTS && !crew.hasFailed(); number++) {
        List<HotFile.Sure> before = hot.stream().map(HotFile::sure).toList();
        files.checkpoint(new byte[] {(byte) number, (byte) seed});
        least.clear();
        for (int i = 0; i < FILES; i++) {
          HotFile.Sure sure = before.get(i);
          least.add(hot.get(i).holds(sure) ? sure.done() : HotFile.Write.NONE);
        }
        if (number % 4 == 0) {
          files.awaitApplied();
        }
      }
      crew.stop();
    }
    for (int i = 0; i < FILES; i++) {
      check(root.resolve("f" + i), least.get(i));
    }
  }

  private static void check(Path file, HotFile.Write least) throws IOException {
    ByteBuffer cells = ByteBuffer.wrap(Files.readAllBytes(file));
    HotFile.check(0, cells);
    HotFile.checkThere(0, cells, least);
  }
}
