package dev.vfo.steps;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * SIGINT and SIGTERM of this process, as long as it is open: the first one calls, a second one goes
 * where the first would have gone. A signal that the process ignores stays ignored.
 *
 * <p>By {@code sun.misc.Signal}, since a shutdown hook runs when the end cannot be put off any more
 * and does not hear of a second signal; by reflection, since a compiler warns of that class and
 * cannot be told not to. Thread safe.
 */
final class StopSignals implements AutoCloseable {
  private static final List<String> NAMES = List.of("INT", "TERM");

  /** A signal, and what it did before. */
  private record Taken(Object signal, Object before) {}

  private final Runnable stop;
  private final Class<?> signalClass;
  private final Class<?> handlerClass;
  private final AtomicBoolean called = new AtomicBoolean();
  private final List<Taken> taken = new ArrayList<>();

  private StopSignals(Runnable stop) throws ReflectiveOperationException {
    this.stop = stop;
    signalClass = Class.forName("sun.misc.Signal");
    handlerClass = Class.forName("sun.misc.SignalHandler");
  }

  /**
   * Takes the signals.
   *
   * @throws IllegalStateException when the JVM does not give them
   */
  static StopSignals calling(Runnable stop) {
    try {
      StopSignals signals = new StopSignals(stop);
      signals.take();
      return signals;
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(
          "this JVM keeps SIGINT or SIGTERM to itself, as with -Xrs: let the loop end by stop()",
          e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "this JVM is without the module jdk.unsupported: let the loop end by stop()", e);
    }
  }

  private synchronized void take() throws ReflectiveOperationException {
    Object handler =
        Proxy.newProxyInstance(
            StopSignals.class.getClassLoader(),
            new Class<?>[] {handlerClass},
            (proxy, method, arguments) -> {
              if (!method.getDeclaringClass().equals(handlerClass)) {
                return method.invoke(this, arguments);
              }
              arrived(arguments[0]);
              return null;
            });
    for (String name : NAMES) {
      Object signal = signalClass.getConstructor(String.class).newInstance(name);
      taken.add(new Taken(signal, handle(signal, handler)));
    }
  }

  private void arrived(Object signal) throws ReflectiveOperationException {
    if (called.compareAndSet(false, true)) {
      stop.run();
    } else {
      close();
      signalClass.getMethod("raise", signalClass).invoke(null, signal);
    }
  }

  private Object handle(Object signal, Object handler) throws ReflectiveOperationException {
    Method handle = signalClass.getMethod("handle", signalClass, handlerClass);
    return handle.invoke(null, signal, handler);
  }

  /** Gives the signals back. */
  @Override
  public synchronized void close() {
    try {
      for (Taken each : taken) {
        handle(each.signal(), each.before());
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("signals were taken, but cannot be given back", e);
    }
    taken.clear();
  }
}
