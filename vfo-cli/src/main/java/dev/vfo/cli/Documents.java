package dev.vfo.cli;

import dev.vfo.inspect.CheckpointRecord;
import dev.vfo.inspect.Fault;
import dev.vfo.inspect.UndecidedRecord;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parts that several JSON documents have in common. */
final class Documents {
  private Documents() {}

  static Map<String, @Nullable Object> checkpoint(CheckpointRecord checkpoint) {
    return new Document()
        .put("number", checkpoint.number())
        .put("time", checkpoint.time().toString())
        .put("stateBytes", checkpoint.stateBytes())
        .put("layers", checkpoint.layers())
        .put("applied", checkpoint.applied())
        .put("segment", checkpoint.segment())
        .put("offset", checkpoint.offset())
        .put("recordBytes", checkpoint.recordBytes())
        .fields();
  }

  static Map<String, @Nullable Object> undecided(UndecidedRecord undecided) {
    CheckpointRecord checkpoint = undecided.checkpoint();
    return new Document()
        .put("id", undecided.id())
        .put("time", checkpoint.time().toString())
        .put("stateBytes", checkpoint.stateBytes())
        .put("layers", checkpoint.layers())
        .fields();
  }

  static Map<String, @Nullable Object> fault(Fault fault) {
    return new Document()
        .put("file", fault.file())
        .put("offset", fault.offset())
        .put("reason", fault.reason())
        .fields();
  }
}
