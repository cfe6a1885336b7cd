package dev.vfo.storage;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Names of extended attributes between bytes and text: UTF-8, but that a byte that is none becomes
 * the lone surrogate U+DC80 to U+DCFF of its value, so that the way there and back loses nothing.
 * Stateless.
 */
public final class XattrNames {
  /** The access control list of a file. */
  public static final String ACCESS_LIST = "system.posix_acl_access";

  /** The access control list of what is made in a directory. */
  public static final String DEFAULT_LIST = "system.posix_acl_default";

  private static final int ESCAPE = 0xDC00;

  private XattrNames() {}

  /** The text of a range of bytes. */
  public static String decode(byte[] bytes, int begin, int end) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes, begin, end - begin);
    CharBuffer out = CharBuffer.allocate(end - begin);
    for (CoderResult result = decoder.decode(in, out, true);
        result.isError();
        result = decoder.decode(in, out, true)) {
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (ESCAPE | (in.get() & 0xff)));
      }
    }
    return out.flip().toString();
  }

  /** The bytes of a text. */
  public static byte[] encode(String text) {
    ByteBuffer out = ByteBuffer.allocate(text.length() * 3);
    int at = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      if (codePoint >= ESCAPE + 0x80 && codePoint <= ESCAPE + 0xff) {
        out.put((byte) codePoint);
      } else {
        out.put(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
      }
    }
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    return bytes;
  }
}
