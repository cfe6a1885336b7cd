package dev.vfo.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds a map that keeps its order, for {@link Json}. One thread. */
public final class Document {
  private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();

  /** A document without fields. */
  public Document() {}

  /** Adds a field. */
  public Document put(String key, @Nullable Object value) {
    fields.put(key, value);
    return this;
  }

  /** The fields. */
  public Map<String, @Nullable Object> fields() {
    return fields;
  }
}
