package dev.vfo.steps;

import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The components of a record, in their order. */
final class RecordForm implements Form {
  private record Component(Method accessor, Form form) {}

  private final Class<?> type;
  private final Constructor<?> constructor;
  private final List<Component> components = new ArrayList<>();

  RecordForm(Class<?> type) {
    this.type = type;
    RecordComponent[] parts = type.getRecordComponents();
    Class<?>[] types = new Class<?>[parts.length];
    for (int i = 0; i < parts.length; i++) {
      types[i] = parts[i].getType();
    }
    try {
      constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(type + " has no constructor of its components", e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          type
              + " cannot be made here: its module has to open "
              + type.getPackageName()
              + " to dev.vfo.core",
          e);
    }
  }

  /** Adds the next component. */
  void add(RecordComponent component, Form form) {
    Method accessor = component.getAccessor();
    accessor.setAccessible(true);
    components.add(new Component(accessor, form));
  }

  @Override
  public void write(DataOutputStream target, @Nullable Object value) throws IOException {
    Object whole = Forms.requireValue(value, "in a list or map");
    for (Component each : components) {
      each.form().write(target, get(each.accessor(), whole));
    }
  }

  private static Object get(Method accessor, Object value) {
    @Nullable Object part;
    try {
      part = accessor.invoke(value);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException("a state that " + accessor + " cannot read", e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(accessor + " was made accessible", e);
    }
    return Forms.requireValue(part, "in " + accessor);
  }

  @Override
  public Object read(ByteBuffer source) {
    Object[] values = new Object[components.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = components.get(i).form().read(source);
    }
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(type + " does not take it: " + e.getCause(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " was made accessible", e);
    }
  }
}
