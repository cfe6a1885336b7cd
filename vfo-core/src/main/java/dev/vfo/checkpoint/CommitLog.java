package dev.vfo.checkpoint;

import dev.vfo.journal.JournalWriter;
import dev.vfo.journal.Payload;
import dev.vfo.overlay.Layer;
import dev.vfo.storage.StorageException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A journal that commits are written to. A failure other than want of space beforehand ends all
 * (I6). One thread at a time.
 */
final class CommitLog {
  private final JournalWriter journal;
  private final Health health;
  private long lastRecord;

  /**
   * @param lastRecord number of the newest record, or 0
   * @param health is told of failures
   */
  CommitLog(JournalWriter journal, long lastRecord, Health health) {
    this.journal = journal;
    this.lastRecord = lastRecord;
    this.health = health;
  }

  /** Number of the newest record, or 0. */
  long lastRecord() {
    return lastRecord;
  }

  /**
   * Makes room for a record.
   *
   * @throws StorageException for want of space: nothing is damaged
   */
  void makeRoom(long payloadBytes) throws IOException {
    makeRoom(() -> journal.ensureRoom(payloadBytes));
  }

  /** The same for a decision, which is to find room if there is any. */
  void makeRoomForDecision(long payloadBytes) throws IOException {
    makeRoom(() -> journal.ensureLeastRoom(payloadBytes));
  }

  private interface Making {
    void run() throws IOException;
  }

  private void makeRoom(Making making) throws IOException {
    try {
      making.run();
    } catch (StorageException e) {
      throw e.isNoSpace() ? e : health.journalFailed(e);
    } catch (IOException e) {
      throw health.journalFailed(e);
    }
  }

  /**
   * Makes durable what layers have in their spill files, which the record names; then writes it.
   */
  void append(List<Layer> layers, MemorySegment payload) throws IOException {
    syncSpills(layers);
    try {
      journal.append(lastRecord + 1, Payload.of(List.of(payload)));
      lastRecord++;
    } catch (IOException e) {
      throw health.journalFailed(e);
    }
  }

  private void syncSpills(List<Layer> layers) throws IOException {
    try {
      for (Layer layer : layers) {
        layer.syncSpill();
      }
    } catch (StorageException e) {
      throw health.stepDamaged(e);
    }
  }
}
