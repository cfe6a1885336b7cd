package dev.vfo.cli;

import dev.vfo.inspect.Segment;
import dev.vfo.inspect.Segment.SegmentRecord;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vfo inspect}: what one segment of a journal holds. */
@Command(
    name = "inspect",
    header = "Show what one segment of a journal holds.",
    description = {
      "What one segment of a journal holds: its header, and the records in it that are",
      "whole and follow each other. For a look inside; 'vfo verify' judges the whole.",
      "",
      "Reads one file and changes nothing. Its name must be that of a segment:",
      "DIR/.vfo/journal/NNNNNNNNNN.seg."
    },
    footer = {
      "",
      "Examples:",
      "  vfo inspect .vfo/journal/0000000001.seg",
      "",
      "Exit codes: 0 fine, 1 damaged, or a record that is not whole at the end,",
      "2 wrong command line, 125 vfo failed."
    })
final class InspectCommand extends VfoCommand {
  @Option(names = "--json", description = "Print one JSON document instead of text.")
  private boolean json;

  @Parameters(arity = "1", paramLabel = "SEGMENT", description = "The file.")
  private String segment = "";

  InspectCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    Path file = terminal().folder().resolve(segment);
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(segment);
    }
    String name = file.getFileName().toString();
    if (!Segment.isSegmentName(name)) {
      throw new UsageException(segment + " is no segment: its name is not ten digits and .seg");
    }
    Path folder = file.toRealPath().resolveSibling("");
    Segment seen = Segment.read(new LinuxStorage(), folder, name);
    if (json) {
      Json.print(terminal(), document(seen).fields());
    } else {
      print(seen);
    }
    return seen.torn().isEmpty() ? ExitCode.OK : ExitCode.PROBLEM;
  }

  private static Document document(Segment seen) {
    return new Document()
        .put("rootId", seen.rootId())
        .put("segment", seen.number())
        .put("salt", hex(seen.salt()))
        .put("lengthBytes", seen.lengthBytes())
        .put("endOffset", seen.endOffset())
        .put("records", seen.records().stream().map(InspectCommand::fields).toList())
        .put("torn", seen.torn().orElse(null));
  }

  private static Map<String, @Nullable Object> fields(SegmentRecord record) {
    return new Document()
        .put("offset", record.offset())
        .put("checkpoint", record.checkpoint())
        .put("payloadBytes", record.payloadBytes())
        .put("recordBytes", record.recordBytes())
        .put("previousChecksum", hex(record.previousChecksum()))
        .put("payloadChecksum", hex(record.payloadChecksum()))
        .put("checksum", hex(record.checksum()))
        .fields();
  }

  private void print(Segment seen) {
    Table facts = new Table("", "ll");
    facts.add("segment", String.valueOf(seen.number()));
    facts.add("root id", seen.rootId());
    facts.add("salt", hex(seen.salt()));
    facts.add("length", seen.lengthBytes() + " bytes, records end at " + seen.endOffset());
    facts.print(terminal());
    if (!seen.records().isEmpty()) {
      printRecords(seen.records());
    }
    seen.torn().ifPresent(this::printTorn);
  }

  private void printRecords(List<SegmentRecord> records) {
    Table table = new Table("", "rrrlll");
    table.add("checkpoint", "offset", "payload", "before", "payload sum", "record sum");
    for (SegmentRecord record : records) {
      table.add(
          String.valueOf(record.checkpoint()),
          String.valueOf(record.offset()),
          String.valueOf(record.payloadBytes()),
          hex(record.previousChecksum()),
          hex(record.payloadChecksum()),
          hex(record.checksum()));
    }
    table.print(terminal());
  }

  private void printTorn(long checkpoint) {
    terminal()
        .line(
            "then a header of checkpoint %d, whose record is not whole or not the next one"
                .formatted(checkpoint));
  }

  private static String hex(long value) {
    return HexFormat.of().toHexDigits(value);
  }

  private static String hex(int value) {
    return HexFormat.of().toHexDigits(value);
  }
}
