package dev.vfo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vfo.Options;
import dev.vfo.VirtualFileManager;
import dev.vfo.storage.Storage;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two that detach a root, and one that opens it meanwhile. */
class DetachmentTest {
  @TempDir private Path root = Path.of("");

  private interface Step {
    void run() throws IOException;
  }

  @BeforeEach
  void makeRoot() throws IOException {
    open().close();
  }

  private VirtualFileManager open() throws IOException {
    return VirtualFileManager.open(root, Options.defaults());
  }

  /** The real files, with something that happens before a lock is taken. */
  private static Storage beforeLock(Step step) {
    Storage real = new LinuxStorage();
    return (Storage)
        Proxy.newProxyInstance(
            Storage.class.getClassLoader(),
            new Class<?>[] {Storage.class},
            (_, method, arguments) -> {
              if (method.getName().equals("tryLock")) {
                step.run();
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Who began it may have been killed before the new name was durable. */
  @Test
  void theRestIsRemovedOnlyWhenItsNewNameIsDurable() throws IOException {
    Path rest = root.resolve(".vfo-detached");
    Files.move(root.resolve(".vfo"), rest);
    Storage real = new LinuxStorage();
    boolean[] whole = {false};
    Storage watched =
        (Storage)
            Proxy.newProxyInstance(
                Storage.class.getClassLoader(),
                new Class<?>[] {Storage.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("sync")) {
                    whole[0] = Files.exists(rest.resolve("root-id"));
                  }
                  return method.invoke(real, arguments);
                });
    new Detachment(root, watched).removeRest();
    assertTrue(whole[0], "synced before");
    assertFalse(Files.exists(rest));
  }

  @Test
  void aRootThatIsOpenAgainIsLeftAlone() throws IOException {
    VirtualFileManager[] opened = new VirtualFileManager[1];
    Storage storage =
        beforeLock(() -> {
          new Detachment(root).run();
          opened[0] = open();
        });
    IOException e = assertThrows(IOException.class, () -> new Detachment(root, storage).run());
    assertTrue(e.getMessage().contains("detached it meanwhile"), e.getMessage());
    opened[0].checkpoint(new byte[] {7});
    opened[0].close();
    try (VirtualFileManager again = open()) {
      assertEquals(7, again.lastCheckpoint().orElseThrow().state().bytes()[0]);
    }
  }

  @Test
  void aRootThatSomebodyElseDetachedIsToldSo() throws IOException {
    Storage storage = beforeLock(() -> new Detachment(root).run());
    IOException e = assertThrows(IOException.class, () -> new Detachment(root, storage).run());
    assertTrue(e.getMessage().contains("detached it meanwhile"), e.getMessage());
    assertFalse(Files.exists(root.resolve(".vfo")));
  }

  @Test
  void theRestOfAnEarlierDetachmentIsNotInTheWay() throws IOException {
    Files.createDirectories(root.resolve(".vfo-detached/journal"));
    Files.createFile(root.resolve(".vfo-detached/lock"));
    new Detachment(root).run();
    try (var left = Files.list(root)) {
      assertEquals(0, left.count());
    }
  }
}
