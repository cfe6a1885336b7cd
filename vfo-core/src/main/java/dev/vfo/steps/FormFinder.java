package dev.vfo.steps;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the form of a type, and writes down its shape on the way: the names and types of the
 * components. A record that is met again stands in the shape as its place in the order of records,
 * so that records may contain themselves.
 */
final class FormFinder {
  private static final Map<Class<?>, Class<?>> WRAPPERS =
      Map.of(
          boolean.class, Boolean.class,
          byte.class, Byte.class,
          short.class, Short.class,
          char.class, Character.class,
          int.class, Integer.class,
          long.class, Long.class,
          float.class, Float.class,
          double.class, Double.class);

  private final StringBuilder shape = new StringBuilder();
  private final Map<Class<?>, RecordForm> records = new HashMap<>();
  private final Map<Class<?>, Integer> order = new LinkedHashMap<>();

  /** The shape of all that was found. */
  String shape() {
    return shape.toString();
  }

  /**
   * The form of a type.
   *
   * @param where it stands, for errors
   */
  Form find(Type type, String where) {
    if (type instanceof ParameterizedType generic) {
      return findGeneric(generic, where);
    }
    if (!(type instanceof Class<?> plain)) {
      throw unknown(type, where);
    }
    Class<?> boxed = WRAPPERS.getOrDefault(plain, plain);
    Form simple = Forms.SIMPLE.get(boxed);
    if (simple != null) {
      shape.append(boxed.getSimpleName());
      return simple;
    }
    if (plain.isEnum()) {
      shape.append("enum");
      return Forms.ofEnum(plain);
    }
    if (plain.isRecord() && plain.getTypeParameters().length == 0) {
      return findRecord(plain, where);
    }
    throw unknown(type, where);
  }

  private Form findGeneric(ParameterizedType type, String where) {
    Type[] arguments = type.getActualTypeArguments();
    Type raw = type.getRawType();
    if (raw.equals(List.class)) {
      return Forms.ofList(inside("List<", arguments[0], where, ">"));
    }
    if (raw.equals(Optional.class)) {
      return Forms.ofOptional(inside("Optional<", arguments[0], where, ">"));
    }
    if (raw.equals(Map.class)) {
      Form key = inside("Map<", arguments[0], where, ",");
      return Forms.ofMap(key, inside("", arguments[1], where, ">"));
    }
    throw unknown(type, where);
  }

  private Form inside(String before, Type type, String where, String after) {
    shape.append(before);
    Form form = find(type, where);
    shape.append(after);
    return form;
  }

  private Form findRecord(Class<?> type, String where) {
    RecordForm known = records.get(type);
    if (known != null) {
      shape.append('#').append(order.get(type));
      return known;
    }
    RecordForm form = new RecordForm(type);
    order.put(type, order.size());
    records.put(type, form);
    String separator = "";
    shape.append('{');
    for (RecordComponent each : type.getRecordComponents()) {
      shape.append(separator).append(each.getName()).append(':');
      form.add(each, find(each.getGenericType(), where + "." + each.getName()));
      separator = ",";
    }
    shape.append('}');
    return form;
  }

  private static IllegalArgumentException unknown(Type type, String where) {
    return new IllegalArgumentException(
        where
            + ": "
            + type.getTypeName()
            + " is none of what a state can be made of (StateCodec.ofRecord): use another type, or a"
            + " StateCodec of your own");
  }
}
