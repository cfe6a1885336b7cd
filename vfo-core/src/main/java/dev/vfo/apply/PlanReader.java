package dev.vfo.apply;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.apply.Plan.Saved;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a plan, strictly: under its name it is whole, whenever a crash came, so that anything else
 * is damage from outside.
 */
final class PlanReader {
  private final ApplyTarget target;
  private final long layer;
  private final String path;

  PlanReader(ApplyTarget target, long layer) {
    this.target = target;
    this.layer = layer;
    this.path = "stage/" + StageNames.plan(layer);
  }

  /** Opens the plan's file; null when there is none. */
  @Nullable OpenFile open() throws StorageException {
    Name name = StageNames.plan(layer);
    try {
      return OpenFile.open(target.storage(), target.stageFd(), name, OpenFlag.READ, 0);
    } catch (StorageException e) {
      if (e.errno() == Errno.ENOENT) {
        return null;
      }
      throw e;
    }
  }

  /** Reads the plan and checks all of it. */
  Plan read(OpenFile file) throws StorageException, CorruptJournalException, NewerFormatException {
    long fileBytes = target.storage().stat(file.fd()).sizeBytes();
    try (PlanInput input = new PlanInput(file, path)) {
      checkIntroduction(input);
      int objects = input.takeInt();
      int ranges = input.takeInt();
      checkCounts(input, objects, ranges, fileBytes);
      Plan plan = new Plan(readObjects(input, objects), readSaved(input, ranges));
      int checksum = input.checksum();
      require(input, input.takeInt() == checksum, "the checksum does not fit");
      require(input, input.takeInt() == 0 && input.isAtEnd(), "something follows the checksum");
      return plan;
    }
  }

  private void checkIntroduction(PlanInput input)
      throws StorageException, CorruptJournalException, NewerFormatException {
    require(input, input.takeLong() == PlanFormat.MAGIC, "this is no plan");
    int version = input.takeInt();
    if (version > PlanFormat.VERSION) {
      throw new NewerFormatException(path, version, PlanFormat.VERSION);
    }
    require(input, version == PlanFormat.VERSION && input.takeInt() == 0, "not the format");
    boolean ours =
        input.takeLong() == target.rootId().low() && input.takeLong() == target.rootId().high();
    require(input, ours, "the plan is of another root");
    require(input, input.takeLong() == layer, "the plan is of another layer");
  }

  private static void checkCounts(PlanInput input, int objects, int ranges, long fileBytes)
      throws StorageException, CorruptJournalException {
    long least =
        PlanFormat.HEADER_BYTES
            + (long) objects * PlanFormat.OBJECT_BYTES
            + (long) ranges * PlanFormat.SAVED_HEADER_BYTES
            + PlanFormat.TRAILER_BYTES;
    boolean fits = objects >= 0 && ranges >= 0 && least <= fileBytes;
    require(input, fits, "more objects than there is room for");
    require(input, input.takeLong() == fileBytes, "not as long as it should be");
    require(input, input.takeLong() == 0, "not the format");
  }

  private static Map<Long, FileIdentity> readObjects(PlanInput input, int count)
      throws StorageException, CorruptJournalException {
    Map<Long, FileIdentity> created = LinkedHashMap.newLinkedHashMap(count);
    long last = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      long number = input.takeLong();
      require(input, i == 0 || number > last, "numbers are not in order");
      created.put(number, new FileIdentity(input.takeLong(), input.takeLong()));
      last = number;
    }
    return created;
  }

  private static Map<Long, List<Saved>> readSaved(PlanInput input, int count)
      throws StorageException, CorruptJournalException {
    Map<Long, List<Saved>> saved = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      long number = input.takeLong();
      long offset = input.takeLong();
      long lengthBytes = input.takeLong();
      boolean good = offset >= 0 && lengthBytes > 0 && lengthBytes <= SavedRange.PAGE_BYTES;
      require(input, good, "no saved range");
      saved
          .computeIfAbsent(number, key -> new ArrayList<>())
          .add(new Saved(new SavedRange(offset, lengthBytes), input.position()));
      input.skip(lengthBytes + PlanFormat.paddingBytes(lengthBytes));
    }
    return saved;
  }

  private static void require(PlanInput input, boolean condition, String reason)
      throws CorruptJournalException {
    if (!condition) {
      throw input.damaged(reason);
    }
  }
}
