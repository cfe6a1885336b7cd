package dev.vfo.apply;

import dev.vfo.CorruptJournalException;
import dev.vfo.NewerFormatException;
import dev.vfo.apply.Plan.Saved;
import dev.vfo.journal.RootId;
import dev.vfo.storage.Errno;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.OpenFlag;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
      Header header = readHeader(input);
      check(input, header, fileBytes);
      Plan plan =
          new Plan(
              readObjects(input, header.objects),
              readGivenUp(input, header.givenUp),
              readSaved(input, header.ranges));
      int checksum = input.checksum();
      require(input, input.takeInt() == checksum, "the checksum does not fit");
      require(input, input.takeInt() == 0 && input.isAtEnd(), "something follows the checksum");
      return plan;
    }
  }

  private record Header(
      int version,
      int givenUp,
      RootId rootId,
      long layer,
      int objects,
      int ranges,
      long fileBytes,
      int reserved) {}

  private static Header readHeader(PlanInput input)
      throws StorageException, CorruptJournalException {
    require(input, input.takeLong() == PlanFormat.MAGIC, "this is no plan");
    Header header =
        new Header(
            input.takeInt(),
            input.takeInt(),
            new RootId(input.takeLong(), input.takeLong()),
            input.takeLong(),
            input.takeInt(),
            input.takeInt(),
            input.takeLong(),
            input.takeInt());
    int checksum = input.checksum();
    require(input, input.takeInt() == checksum, "the header's checksum does not fit");
    return header;
  }

  private void check(PlanInput input, Header header, long fileBytes)
      throws CorruptJournalException, NewerFormatException {
    if (header.version > PlanFormat.VERSION) {
      throw new NewerFormatException(path, header.version, PlanFormat.VERSION);
    }
    boolean plain = header.version >= PlanFormat.OLDEST_VERSION && header.reserved == 0;
    require(input, plain, "not the format");
    require(input, header.rootId.equals(target.rootId()), "the plan is of another root");
    require(input, header.layer == layer, "the plan is of another layer");
    require(input, header.fileBytes == fileBytes, "the file is not as long as the plan");
    long least =
        PlanFormat.HEADER_BYTES
            + (long) header.objects * PlanFormat.OBJECT_BYTES
            + (long) header.givenUp * PlanFormat.GIVEN_UP_BYTES
            + (long) header.ranges * PlanFormat.SAVED_HEADER_BYTES
            + PlanFormat.TRAILER_BYTES;
    boolean isCount = header.objects >= 0 && header.givenUp >= 0 && header.ranges >= 0;
    boolean fits = isCount && least <= fileBytes;
    require(input, fits, "more objects than there is room for");
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

  private static GivenUp.OfLayer readGivenUp(PlanInput input, int count)
      throws StorageException, CorruptJournalException {
    if (count == 0) {
      return GivenUp.OfLayer.NOTHING;
    }
    long newestLayer = input.takeLong();
    Set<Long> givenUp = LinkedHashSet.newLinkedHashSet(count);
    long last = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      long number = input.takeLong();
      require(input, i == 0 || number > last, "what was given up is not in order");
      givenUp.add(number);
      last = number;
    }
    return new GivenUp.OfLayer(givenUp, newestLayer);
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
