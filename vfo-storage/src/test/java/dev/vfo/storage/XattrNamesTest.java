package dev.vfo.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Names of extended attributes come back as they were, whatever their bytes. */
final class XattrNamesTest {
  @Test
  void textIsUtf8() {
    for (String text : new String[] {"user.plain", "user.gr\u00FC\u00DFe", "\uD83D\uDE00", ""}) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      assertArrayEquals(bytes, XattrNames.encode(text));
      assertEquals(text, XattrNames.decode(bytes, 0, bytes.length));
    }
  }

  @Test
  void bytesThatAreNoTextAreEscaped() {
    byte[] bytes = {'a', (byte) 0xFF, (byte) 0xC3};
    assertEquals("a\uDCFF\uDCC3", XattrNames.decode(bytes, 0, 3));
    assertEquals("\uDCFF", XattrNames.decode(bytes, 1, 2));
    assertArrayEquals(bytes, XattrNames.encode("a\uDCFF\uDCC3"));
  }

  @Test
  void anyBytesComeBack() {
    Random random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      if (i % 2 == 0) {
        // Sequences that are nearly UTF-8.
        for (int at = 0; at < bytes.length; at++) {
          bytes[at] = (byte) new int[] {0xED, 0xA0, 0x80, 0xC3, 0xB3, 0xF0, 'a'}[at * i % 7];
        }
      }
      assertArrayEquals(bytes, XattrNames.encode(XattrNames.decode(bytes, 0, bytes.length)));
    }
  }
}
