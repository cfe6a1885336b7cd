package dev.vfo;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code .vfo} takes on the real disk stays within {@code diskBytes} (I5), whatever is in it.
 */
class DiskBoundTest {
  private static final int DISK_BYTES = 3 << 19;
  private static final int SEGMENT_BYTES = 64 << 10;
  private static final int FILES = 8;

  /** A segment that is made beforehand, and small files: cells, lock, pid, ids. */
  private static final int FIXED_BYTES = SEGMENT_BYTES + (32 << 10);

  @TempDir Path folder;

  private final Random random = new Random(4);
  private int refused;
  private int made;
  private long most;

  private long used() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(folder.resolve(".vfo"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private void look() throws IOException {
    long used = used();
    most = Math.max(most, used);
    assertTrue(used <= DISK_BYTES + FIXED_BYTES, used + " bytes");
  }

  private byte[] bytes(int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }

  private void change(VirtualFileManager files) throws IOException {
    String name = "file" + random.nextInt(FILES);
    switch (random.nextInt(4)) {
      case 0 -> files.tree().writeAll(name, bytes(300_000));
      case 1 -> {
        if (files.tree().exists(name)) {
          files.tree().delete(name);
        }
      }
      default -> {
        try (VirtualFile file =
            files.tree().open(name, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
          for (int i = 0; i < 10; i++) {
            file.write(ByteBuffer.wrap(bytes(6000)), random.nextInt(400_000));
          }
        }
      }
    }
  }

  private State state() {
    byte[] bytes = bytes(random.nextInt(3) == 0 ? 200_000 : 100);
    State state = State.of(bytes);
    return random.nextInt(3) == 0
        ? state.withParts(Map.of("part", Part.of(bytes(300_000))))
        : state;
  }

  private void step(VirtualFileManager files, int step) throws IOException {
    try {
      for (int i = random.nextInt(3); i >= 0; i--) {
        change(files);
        look();
      }
      if (random.nextInt(4) == 0) {
        files.prepare(files.seal(), "p" + step, state());
        look();
        files.commit("p" + step);
      } else {
        files.checkpoint(state());
      }
      made++;
    } catch (NoSpaceException e) {
      giveUp(files);
    } catch (StorageException e) {
      assertTrue(e.isNoSpace(), e::toString);
      giveUp(files);
    }
  }

  private void giveUp(VirtualFileManager files) throws IOException {
    refused++;
    if (files.undecided().isEmpty()) {
      files.rollback();
    } else {
      files.abort(files.undecided().getFirst().id());
    }
    files.awaitApplied();
  }

  @Test
  void everythingIsWithinIt() throws Exception {
    Options options =
        Options.defaults()
            .withExecutor(task -> {})
            .withDiskBytes(DISK_BYTES)
            .withMemoryBytes(512 << 10)
            .withFirstSegmentBytes(SEGMENT_BYTES)
            .withMaxSegmentBytes(SEGMENT_BYTES);
    VirtualFileManager files = VirtualFileManager.open(folder, options);
    try {
      for (int i = 0; i < 600; i++) {
        step(files, i);
        look();
        if (random.nextInt(3) == 0) {
          files.doBackgroundWork();
          look();
        }
        if (random.nextInt(40) == 0) {
          files.close();
          files = VirtualFileManager.open(folder, options);
          look();
        }
      }
    } finally {
      files.close();
    }
    System.out.printf(
        "vfo: bound of the disk: %d made, %d refused, most %d%n", made, refused, most);
    assertTrue(made > 100 && refused > 10, made + " made, " + refused + " refused");
  }

  /** Their records stay until a checkpoint is made, and so that must be possible. */
  @Test
  void abortedCheckpointsAreNoReasonToRefuseTheNext() throws IOException {
    Options options =
        Options.defaults()
            .withDiskBytes(DISK_BYTES)
            .withFirstSegmentBytes(SEGMENT_BYTES)
            .withMaxSegmentBytes(SEGMENT_BYTES);
    try (VirtualFileManager files = VirtualFileManager.open(folder, options)) {
      files.checkpoint(State.of(new byte[] {1}));
      assertThrows(NoSpaceException.class, () -> prepareAndAbort(files));
      files.rollback();
      files.tree().writeAll("kept", new byte[40_000]);
      files.checkpoint(State.of(new byte[] {2}));
      files.awaitApplied();
      assertThrows(NoSpaceException.class, () -> prepareAndAbort(files));
    }
    try (VirtualFileManager files = VirtualFileManager.open(folder, options)) {
      files.checkpoint(State.of(new byte[] {3}));
      files.awaitApplied();
      files.tree().writeAll("file", bytes(30_000));
      files.prepare(files.seal(), "p", State.empty());
      files.commit("p");
    }
    look();
  }

  private void prepareAndAbort(VirtualFileManager files) throws IOException {
    for (int i = 0; i < 500; i++) {
      files.tree().writeAll("file", new byte[20_000]);
      files.prepare(files.seal(), "p", State.empty());
      files.abort("p");
    }
  }
}
