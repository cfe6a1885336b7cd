package dev.vfo.steps;

import static java.util.Map.entry;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The forms of values that are no records. Lengths are four bytes, all numbers big-endian. */
final class Forms {
  private Forms() {}

  /** By the class of the value. */
  static final Map<Class<?>, Form> SIMPLE =
      Map.ofEntries(
          entry(Boolean.class, of((out, v) -> out.writeBoolean((Boolean) v), Forms::readBoolean)),
          entry(Byte.class, of((out, v) -> out.writeByte((Byte) v), ByteBuffer::get)),
          entry(Short.class, of((out, v) -> out.writeShort((Short) v), ByteBuffer::getShort)),
          entry(Character.class, of((out, v) -> out.writeChar((Character) v), ByteBuffer::getChar)),
          entry(Integer.class, of((out, v) -> out.writeInt((Integer) v), ByteBuffer::getInt)),
          entry(Long.class, of((out, v) -> out.writeLong((Long) v), ByteBuffer::getLong)),
          entry(Float.class, of((out, v) -> out.writeFloat((Float) v), ByteBuffer::getFloat)),
          entry(Double.class, of((out, v) -> out.writeDouble((Double) v), ByteBuffer::getDouble)),
          entry(String.class, of((out, v) -> writeText(out, (String) v), Forms::readText)),
          entry(byte[].class, of((out, v) -> writeBytes(out, (byte[]) v), Forms::readBytes)));

  private interface Writer {
    void write(DataOutputStream target, Object value) throws IOException;
  }

  private interface Reader {
    Object read(ByteBuffer source);
  }

  private static Form of(Writer writer, Reader reader) {
    return new Form() {
      @Override
      public void write(DataOutputStream target, @Nullable Object value) throws IOException {
        writer.write(target, requireValue(value, "in a list or map"));
      }

      @Override
      public Object read(ByteBuffer source) {
        return reader.read(source);
      }
    };
  }

  /** Null has no form. */
  static Object requireValue(@Nullable Object value, String where) {
    if (value == null) {
      throw new IllegalArgumentException("a state with null " + where + ": make it an Optional");
    }
    return value;
  }

  private static boolean readBoolean(ByteBuffer source) {
    byte value = source.get();
    if (value != 0 && value != 1) {
      throw new IllegalArgumentException("boolean " + value);
    }
    return value == 1;
  }

  private static void writeBytes(DataOutputStream target, byte[] value) throws IOException {
    target.writeInt(value.length);
    target.write(value);
  }

  private static byte[] readBytes(ByteBuffer source) {
    int length = readCount(source);
    if (length > source.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    source.get(bytes);
    return bytes;
  }

  private static int readCount(ByteBuffer source) {
    int count = source.getInt();
    if (count < 0) {
      throw new IllegalArgumentException("length " + count);
    }
    return count;
  }

  private static void writeText(DataOutputStream target, String value) throws IOException {
    ByteBuffer bytes;
    try {
      bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a state with half a surrogate pair in a string", e);
    }
    target.writeInt(bytes.remaining());
    target.write(bytes.array(), bytes.arrayOffset(), bytes.remaining());
  }

  private static String readText(ByteBuffer source) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(readBytes(source)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a string that is no UTF-8", e);
    }
  }

  /** By their names, so that constants may be added and moved. */
  static Form ofEnum(Class<?> type) {
    Map<String, Object> constants = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      constants.put(((Enum<?>) constant).name(), constant);
    }
    return of(
        (out, value) -> writeText(out, ((Enum<?>) value).name()),
        source -> {
          String name = readText(source);
          Object constant = constants.get(name);
          if (constant == null) {
            throw new IllegalArgumentException("there is no " + name + " in " + type.getName());
          }
          return constant;
        });
  }

  static Form ofOptional(Form element) {
    return of(
        (out, value) -> {
          Optional<?> optional = (Optional<?>) value;
          out.writeBoolean(optional.isPresent());
          if (optional.isPresent()) {
            element.write(out, optional.get());
          }
        },
        source -> readBoolean(source) ? Optional.of(element.read(source)) : Optional.empty());
  }

  static Form ofList(Form element) {
    return of(
        (out, value) -> {
          List<?> list = (List<?>) value;
          out.writeInt(list.size());
          for (Object each : list) {
            element.write(out, each);
          }
        },
        source -> {
          List<Object> list = new ArrayList<>();
          for (int left = readCount(source); left > 0; left--) {
            list.add(element.read(source));
          }
          return Collections.unmodifiableList(list);
        });
  }

  /** In the order of the map, which stays. */
  static Form ofMap(Form key, Form value) {
    return of(
        (out, map) -> {
          Map<?, ?> entries = (Map<?, ?>) map;
          out.writeInt(entries.size());
          for (Map.Entry<?, ?> each : entries.entrySet()) {
            key.write(out, each.getKey());
            value.write(out, each.getValue());
          }
        },
        source -> {
          Map<Object, Object> entries = new LinkedHashMap<>();
          for (int left = readCount(source); left > 0; left--) {
            if (entries.put(key.read(source), value.read(source)) != null) {
              throw new IllegalArgumentException("a key twice in a map");
            }
          }
          return Collections.unmodifiableMap(entries);
        });
  }
}
