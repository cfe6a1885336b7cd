package dev.vfo.testkit.history;

import dev.vfo.storage.FileType;
import dev.vfo.storage.RenameMode;
import dev.vfo.testkit.model.OpenFlags;
import dev.vfo.testkit.model.TreePath;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text form of operations: what a record's {@code toString} gives; and other things that look
 * into their arguments.
 */
public final class OperationText {
  private static final Pattern FORM = Pattern.compile("(\\w+)\\[(.*)]");

  private static final Map<Class<?>, Function<String, Object>> PARSERS =
      Map.of(
          int.class, Integer::valueOf,
          long.class, Long::valueOf,
          boolean.class, Boolean::valueOf,
          String.class, text -> text,
          TreePath.class, TreePath::of,
          OpenFlags.class, OpenFlags::of,
          Mode.class, Mode::of,
          Payload.class, Payload::of,
          RenameMode.class, RenameMode::valueOf,
          FileType.class, FileType::valueOf);

  private static final Map<String, Class<?>> KINDS = kinds();

  private OperationText() {}

  private static Map<String, Class<?>> kinds() {
    Map<String, Class<?>> kinds = new HashMap<>();
    for (Class<?> family : Operation.class.getPermittedSubclasses()) {
      for (Class<?> kind : family.getPermittedSubclasses()) {
        kinds.put(kind.getSimpleName(), kind);
      }
    }
    return Map.copyOf(kinds);
  }

  /** The operation that a text stands for; IllegalArgumentException when there is none. */
  public static Operation parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    Class<?> kind = form.matches() ? KINDS.get(form.group(1)) : null;
    if (kind == null) {
      throw new IllegalArgumentException("not an operation: " + text);
    }
    RecordComponent[] components = kind.getRecordComponents();
    String[] parts = form.group(2).isEmpty() ? new String[0] : form.group(2).split(", ", -1);
    if (parts.length != components.length) {
      throw new IllegalArgumentException("wrong number of arguments: " + text);
    }
    Class<?>[] types = new Class<?>[parts.length];
    Object[] values = new Object[parts.length];
    for (int i = 0; i < parts.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(components[i], parts[i]);
    }
    return create(kind, types, values);
  }

  private static Object value(RecordComponent component, String part) {
    String prefix = component.getName() + "=";
    Function<String, Object> parser = PARSERS.get(component.getType());
    if (!part.startsWith(prefix) || parser == null) {
      throw new IllegalArgumentException("expected " + prefix + ": " + part);
    }
    return parser.apply(part.substring(prefix.length()));
  }

  private static Operation create(Class<?> kind, Class<?>[] types, Object[] values) {
    try {
      Constructor<?> constructor = kind.getDeclaredConstructor(types);
      return (Operation) constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot make a " + kind.getSimpleName(), e);
    }
  }

  /**
   * The same operation with other arguments: {@code change} gets the name and the value of each.
   */
  static Operation map(Operation operation, BiFunction<String, Object, Object> change) {
    RecordComponent[] components = operation.getClass().getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = change.apply(components[i].getName(), argument(operation, components[i]));
    }
    return create(operation.getClass(), types, values);
  }

  private static Object argument(Operation operation, RecordComponent component) {
    try {
      return component.getAccessor().invoke(operation);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot read " + component, e);
    }
  }

  /**
   * Operations that are like one, but with an argument that is smaller or more usual; the simplest
   * first.
   */
  static List<Operation> simpler(Operation operation) {
    List<Operation> found = new ArrayList<>();
    for (RecordComponent component : operation.getClass().getRecordComponents()) {
      Object value = argument(operation, component);
      for (Object simpler : simplerValues(component.getName(), value)) {
        if (!simpler.equals(value)) {
          found.add(
              map(operation, (name, old) -> name.equals(component.getName()) ? simpler : old));
        }
      }
    }
    return found;
  }

  private static List<Object> simplerValues(String name, Object value) {
    return switch (value) {
      case Payload(int length, int fill) when length > 0 ->
          List.of(new Payload(1, 1), new Payload(1, fill), new Payload(length / 2, fill));
      case Mode mode -> List.of(new Mode(0644));
      case Long number when name.equals("device") -> List.of();
      case Long number -> List.of(0L, number / 2, number / 4096 * 4096);
      case Integer number when name.equals("lengthBytes") -> List.of(1, (number + 1) / 2);
      case Boolean flag -> List.of(false);
      default -> List.of();
    };
  }
}
