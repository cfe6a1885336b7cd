package dev.vfo.testkit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The content of a regular file in a {@link TreeImage}: the bytes of a small one, of a large one
 * its size and a SHA-256. Holes are the same as zeros. Immutable.
 */
public final class ContentImage {
  /** Larger contents are not kept but hashed. */
  public static final int MAX_KEPT_BYTES = 1 << 16;

  private static final int SHOWN_BYTES = 16;

  private final long size;

  /** The bytes, or the hash when there are too many. */
  private final byte[] bytes;

  private ContentImage(long size, byte[] bytes) {
    this.size = size;
    this.bytes = bytes;
  }

  /** The image of these bytes, which are copied. */
  public static ContentImage of(byte[] content) {
    Builder builder = new Builder(content.length);
    builder.add(0, content, content.length);
    return builder.build();
  }

  /** Makes an image from pieces in ascending order; what is left out between them is zeros. */
  static final class Builder {
    private static final byte[] ZEROS = new byte[Page.BYTES];

    private final long size;
    private final byte[] kept;
    private final byte[] page = new byte[Page.BYTES];
    private final @Nullable MessageDigest hash;
    private long pageIndex;

    Builder(long size) {
      this.size = size;
      this.kept = new byte[size <= MAX_KEPT_BYTES ? (int) size : 0];
      this.hash = size <= MAX_KEPT_BYTES ? null : newHash();
    }

    private static MessageDigest newHash() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has SHA-256", e);
      }
    }

    /** Adds bytes at an offset; those behind the size are ignored. */
    void add(long offset, byte[] piece, int length) {
      int used = (int) Math.min(length, Math.max(0, size - offset));
      if (hash == null) {
        System.arraycopy(piece, 0, kept, (int) Math.min(offset, size), used);
        return;
      }
      int done = 0;
      while (done < used) {
        long at = offset + done;
        if (at / Page.BYTES != pageIndex) {
          flush(hash);
          pageIndex = at / Page.BYTES;
        }
        int from = (int) (at % Page.BYTES);
        int count = Math.min(Page.BYTES - from, used - done);
        System.arraycopy(piece, done, page, from, count);
        done += count;
      }
    }

    /** A page of zeros does not count, so that it does not matter whether it is there or a hole. */
    private void flush(MessageDigest target) {
      if (!Arrays.equals(page, ZEROS)) {
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
          target.update((byte) (pageIndex >>> shift));
        }
        target.update(page);
        Arrays.fill(page, (byte) 0);
      }
    }

    ContentImage build() {
      if (hash == null) {
        return new ContentImage(size, kept);
      }
      flush(hash);
      return new ContentImage(size, hash.digest());
    }
  }

  /** Length of the content. */
  public long sizeBytes() {
    return size;
  }

  /** What differs, with the first bytes that do if they are known. */
  String difference(ContentImage other) {
    StringBuilder text = new StringBuilder("content");
    if (size != other.size) {
      text.append(" of ").append(size).append(" / ").append(other.size).append(" bytes");
    }
    if (size <= MAX_KEPT_BYTES && other.size <= MAX_KEPT_BYTES) {
      int at = Arrays.mismatch(bytes, other.bytes);
      text.append(" differs from byte ").append(at).append(": ");
      text.append(shown(at)).append(" / ").append(other.shown(at));
    } else {
      text.append(" differs");
    }
    return text.toString();
  }

  private String shown(int at) {
    int end = Math.min(bytes.length, at + SHOWN_BYTES);
    return at >= end ? "(end)" : HexFormat.of().formatHex(bytes, at, end);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ContentImage image
        && size == image.size
        && Arrays.equals(bytes, image.bytes);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(size) * 31 + Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return size + " bytes " + shown(0);
  }
}
