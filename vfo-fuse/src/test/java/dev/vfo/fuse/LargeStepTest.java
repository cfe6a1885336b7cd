package dev.vfo.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.Options;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps that are larger than memory, written through a mount. */
class LargeStepTest {
  private static final int BUDGET_BYTES = 4 << 20;

  @TempDir Path folder;

  private MountedRoot mountedWithLittleMemory() throws Exception {
    return new MountedRoot(
        folder, Options.defaults().withMemoryBytes(BUDGET_BYTES), MountOptions.defaults());
  }

  @Test
  void moreThanTheMemoryBudgetIsWrittenReadAndCommitted() throws Exception {
    try (MountedRoot root = mountedWithLittleMemory()) {
      String sum =
          root.run(
              """
              head -c 30000000 /dev/urandom > ../big
              cp ../big a; cp ../big b
              dd if=/dev/zero of=b bs=4096 seek=1000 count=100 conv=notrunc status=none
              dd if=/dev/zero of=../big bs=4096 seek=1000 count=100 conv=notrunc status=none
              echo 3 > /proc/sys/vm/drop_caches
              cmp b ../big; cksum < b
              """);
      assertTrue(root.files.status().memoryBytes() <= BUDGET_BYTES);
      root.checkpoint();
      assertEquals(sum, MountedRoot.run(root.home, "cmp b ../big; cksum < b"));
      assertEquals(sum, root.run("echo 3 > /proc/sys/vm/drop_caches; cksum < b"));
    }
  }

  @Test
  void manyCheckpointsWhileAProgramWrites() throws Exception {
    try (MountedRoot root = mountedWithLittleMemory()) {
      Process program =
          new ProcessBuilder(
                  "sh",
                  "-euc",
                  "for i in $(seq 40); do head -c 1000000 /dev/urandom > f$i; cat f$i >> all; done")
              .directory(root.mount.toFile())
              .inheritIO()
              .start();
      int checkpoints = 0;
      while (program.isAlive()) {
        root.fuse().barrier();
        root.files.checkpoint(new byte[0]);
        checkpoints++;
      }
      assertEquals(0, program.waitFor());
      assertTrue(checkpoints > 1, checkpoints + " checkpoints");
      root.checkpoint();
      String compare = "cat $(seq -f f%g 40) | cmp - all; wc -c < all";
      assertEquals("40000000", MountedRoot.run(root.home, compare).strip());
    }
  }
}
