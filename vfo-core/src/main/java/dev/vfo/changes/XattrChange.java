package dev.vfo.changes;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a layer does to one extended attribute.
 *
 * @param name with its prefix, such as {@code user.}; as text, see {@link
 *     dev.vfo.storage.XattrNames}
 * @param value what it is after the layer, not to be changed; null when there is none
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by bytes.
public record XattrChange(String name, byte @Nullable [] value) {
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof XattrChange change
        && name.equals(change.name)
        && Arrays.equals(value, change.value);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return name + (value == null ? " removed" : ", " + value.length + " bytes");
  }
}
