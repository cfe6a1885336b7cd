package dev.vfo.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.testkit.SimulatedStorage;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The files of format version 1 as they were once written, and the worked example of the document.
 */
class GoldenJournalTest {
  private static final String FOLDER = "version-1/";
  private static final List<String> FILES =
      List.of("format", "root-id", "acknowledged", "applied", "0000000001.seg");
  private static final List<String> TEXTS = List.of("first", "the second one");

  private TestJournal files;

  @BeforeEach
  void create() throws IOException {
    files = SimulatedJournal.create(new SimulatedStorage());
    files.options = new JournalOptions(12 << 10, 12 << 10, 0, true);
    files.salts = () -> 0x1122334455667788L;
    new RootIdFile(TestJournal.ROOT_ID, new FileIdentity(131, 0x5eed))
        .create(files.storage, files.control);
  }

  private int folder(String file) {
    return file.endsWith(".seg") ? files.journal : files.control;
  }

  private byte[] bytes(String file) throws IOException {
    return files.read(folder(file), Name.of(file));
  }

  private static byte[] golden(String file) throws IOException {
    try (InputStream in = GoldenJournalTest.class.getResourceAsStream(FOLDER + file)) {
      assertNotNull(in, file);
      return in.readAllBytes();
    }
  }

  private void write() throws IOException {
    try (TestJournal.Session session = files.open();
        Arena arena = Arena.ofConfined()) {
      for (int i = 0; i < TEXTS.size(); i++) {
        byte[] text = TEXTS.get(i).getBytes(StandardCharsets.US_ASCII);
        MemorySegment payload = arena.allocate(text.length);
        payload.copyFrom(MemorySegment.ofArray(text));
        session.writer.append(i + 1, Payload.of(List.of(payload)));
      }
      session.apply(1);
    }
  }

  @Test
  void writesWhatItAlwaysWrote() throws Exception {
    write();
    for (String file : FILES) {
      assertArrayEquals(golden(file), bytes(file), file);
    }
  }

  @Test
  void readsWhatItAlwaysWrote() throws Exception {
    for (String file : FILES) {
      files.write(folder(file), Name.of(file), golden(file));
    }
    JournalScan scan = files.scan();
    assertEquals(1, files.applied());
    assertEquals(2, files.acknowledged().orElseThrow());
    assertEquals(131, RootIdFile.read(files.storage, files.control).directory().inode());
    List<String> texts = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      for (RecordPosition record : scan.records()) {
        byte[] payload =
            files
                .reader()
                .readPayload(record, arena)
                .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        texts.add(new String(payload, StandardCharsets.US_ASCII));
      }
    }
    assertEquals(TEXTS, texts);
  }

  @Test
  void exampleInTheDocumentIsWhatIsWritten() throws Exception {
    write();
    StringBuilder example = new StringBuilder();
    for (String file : FILES) {
      String path = file.endsWith(".seg") ? "journal/" + file : file;
      example.append(".vfo/").append(path).append('\n').append(dump(bytes(file))).append('\n');
    }
    String document = Files.readString(document());
    String expected = "```\n" + example.toString().strip() + "\n```";
    assertTrue(document.contains(expected), () -> "The example should be\n" + expected);
  }

  private static Path document() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("docs/journal-format.md"))) {
      folder = folder.getParent();
    }
    assertNotNull(folder, "docs/journal-format.md");
    return folder.resolve("docs/journal-format.md");
  }

  /** As hexdump -C has it, with an asterisk for lines of zeros. */
  private static String dump(byte[] bytes) {
    StringBuilder lines = new StringBuilder();
    boolean skipping = false;
    for (int at = 0; at < bytes.length; at += 16) {
      byte[] line = java.util.Arrays.copyOfRange(bytes, at, at + 16);
      boolean isZero = java.util.Arrays.equals(line, new byte[16]);
      if (!isZero) {
        lines.append(String.format(Locale.ROOT, "%08x  ", at)).append(text(line)).append('\n');
      } else if (!skipping) {
        lines.append("*\n");
      }
      skipping = isZero;
    }
    return lines.append(String.format(Locale.ROOT, "%08x%n", bytes.length)).toString();
  }

  private static String text(byte[] line) {
    HexFormat hex = HexFormat.ofDelimiter(" ");
    StringBuilder letters = new StringBuilder();
    for (byte b : line) {
      letters.append(b >= ' ' && b < 127 ? (char) b : '.');
    }
    return hex.formatHex(line, 0, 8) + "  " + hex.formatHex(line, 8, 16) + "  |" + letters + "|";
  }
}
