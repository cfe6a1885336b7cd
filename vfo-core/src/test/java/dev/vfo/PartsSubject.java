package dev.vfo;

import dev.vfo.storage.Storage;
import dev.vfo.testkit.history.HistoryClock;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * The engine with states that have parts: what the harness gives as state grows into a few parts of
 * many blocks, most of them the same from one checkpoint to the next, and is compared with them
 * when it comes back.
 */
class PartsSubject extends EngineSubject {
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 140;
  private static final int FRESH_BLOCKS = 5;

  PartsSubject(Storage storage, Path root, HistoryClock clock) throws IOException {
    super(storage, root, clock);
  }

  /** The parts that stand for a state. */
  static Map<String, Part> grow(byte[] state) {
    Map<String, Part> parts = new TreeMap<>();
    int key = Arrays.hashCode(state);
    parts.put("empty", Part.of(new byte[0]));
    parts.put("small", Part.of(state));
    // More blocks than one block of hashes can name, so that there is a second level.
    byte[] large = new byte[(key & 1) == 0 ? BLOCKS * BLOCK : 40 * BLOCK + 17];
    for (int i = 0; i < large.length; i += BLOCK) {
      large[i] = (byte) (i / BLOCK % 7);
    }
    Random random = new Random(key);
    for (int i = 0; i < FRESH_BLOCKS; i++) {
      byte[] block = new byte[BLOCK];
      random.nextBytes(block);
      System.arraycopy(block, 0, large, random.nextInt(large.length / BLOCK) * BLOCK, BLOCK);
    }
    parts.put("large", Part.of(large));
    return parts;
  }

  // Only the same parts are equal, and equal states make no new checkpoint.
  @Override
  State stateOf(byte[] bytes) {
    return last()
        .map(Checkpoint::state)
        .filter(state -> Arrays.equals(state.bytes(), bytes))
        .orElseGet(() -> State.of(bytes).withParts(grow(bytes)));
  }

  @Override
  byte[] bytesOf(State state) {
    byte[] bytes = state.bytes();
    Map<String, Part> expected = grow(bytes);
    if (!expected.keySet().equals(state.parts().keySet())) {
      throw new AssertionError("parts " + state.parts().keySet());
    }
    expected.forEach((name, part) -> requireSame(name, part, state.parts().get(name)));
    return bytes;
  }

  private static void requireSame(String name, Part expected, Part found) {
    if (expected.sizeBytes() != found.sizeBytes()) {
      throw new AssertionError("part " + name + " has " + found.sizeBytes() + " bytes");
    }
    try {
      if (MemorySegment.ofArray(read(expected)).mismatch(MemorySegment.ofArray(read(found))) >= 0) {
        throw new AssertionError("part " + name + " has another content");
      }
    } catch (IOException e) {
      throw new AssertionError("part " + name + " cannot be read", e);
    }
  }

  private static byte[] read(Part part) throws IOException {
    byte[] bytes = new byte[(int) part.sizeBytes()];
    part.read(0, MemorySegment.ofArray(bytes));
    return bytes;
  }
}
