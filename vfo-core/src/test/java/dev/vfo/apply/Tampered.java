package dev.vfo.apply;

import dev.vfo.storage.Storage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** A storage that is another one but for some calls. */
final class Tampered {
  /** Stands between a call and the storage. */
  interface Tamper {
    /**
     * Answers a call.
     *
     * @param rest does what the storage does
     */
    @Nullable Object answer(String method, Object[] arguments, Rest rest) throws Throwable;
  }

  /** The call, as it should be. */
  interface Rest {
    @Nullable Object call() throws Throwable;
  }

  private Tampered() {}

  static Storage with(Storage storage, Tamper tamper) {
    return (Storage)
        Proxy.newProxyInstance(
            Storage.class.getClassLoader(),
            new Class<?>[] {Storage.class},
            (proxy, method, arguments) -> {
              Object[] given = arguments == null ? new Object[0] : arguments;
              return tamper.answer(method.getName(), given, () -> invoke(storage, method, given));
            });
  }

  private static @Nullable Object invoke(Storage storage, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(storage, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
