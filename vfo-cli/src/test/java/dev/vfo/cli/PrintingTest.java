package dev.vfo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How numbers, times, tables and documents are written. */
class PrintingTest {

  @Test
  void sizesAreShort() {
    assertEquals("0 B", Sizes.decimal(0));
    assertEquals("999 B", Sizes.decimal(999));
    assertEquals("1.0 kB", Sizes.decimal(1000));
    assertEquals("4.2 MB", Sizes.decimal(4_194_304));
    assertEquals("999.9 kB", Sizes.decimal(999_949));
    assertEquals("1.0 MB", Sizes.decimal(999_950));
    assertEquals("9.2 EB", Sizes.decimal(Long.MAX_VALUE));
  }

  @Test
  void timesAreRough() {
    Instant now = Instant.parse("2026-03-01T12:00:00Z");
    assertEquals("0 seconds ago", Times.ago(now.plusSeconds(5), now));
    assertEquals("1 second ago", Times.ago(now.minusSeconds(1), now));
    assertEquals("2 minutes ago", Times.ago(now.minusSeconds(179), now));
    assertEquals("2 hours ago", Times.ago(now.minusSeconds(7200), now));
    assertEquals("3 days ago", Times.ago(now.minusSeconds(3 * 86400), now));
    assertEquals(19, Times.local(now).length());
    assertTrue(Times.local(now).endsWith(":00:00") || Times.local(now).contains(":30:"));
  }

  @Test
  void tablesAlign() {
    Table table = new Table("  ", "lr");
    table.add("name", "n");
    table.add("a", "1000");
    table.add("long one", "");
    assertEquals(List.of("  name         n", "  a         1000", "  long one"), table.lines());
    assertThrows(IllegalArgumentException.class, () -> table.add("one"));
  }

  @Test
  void documentsAreJson() throws IOException {
    CapturedTerminal terminal = new CapturedTerminal(Path.of("/"));
    Json.print(
        terminal.terminal(),
        new Document()
            .put("text", "a \"b\"\n\u00e9")
            .put("number", Long.MAX_VALUE)
            .put("yes", true)
            .put("nothing", null)
            .put("list", List.of(1, Map.of("k", "v")))
            .fields());
    assertEquals(
        """
        {
          "text" : "a \\"b\\"\\n\u00e9",
          "number" : 9223372036854775807,
          "yes" : true,
          "nothing" : null,
          "list" : [ 1, {
            "k" : "v"
          } ]
        }
        """,
        terminal.out());
  }
}
