package dev.vfo;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The library in a process of another user than 0: a step is refused what apply has no right to do,
 * with the kernel's own errors, and everything else is applied. Needs user 0, to make files of
 * several users.
 */
class RightsAgainstTheKernelTest {
  private static final int NOBODY = 65_534;

  /** One that the process is in besides its own. */
  private static final int GROUP = 4711;

  @TempDir Path top;

  @BeforeEach
  void needsUserZero() {
    assumeTrue(new LinuxStorage().effectiveUid() == 0, "only user 0 can become another");
    assumeTrue(isOpenToAll(testClasses()), "the classes cannot be read by other users");
    assumeTrue(Files.exists(Path.of("/usr/bin/setpriv")), "no setpriv here");
    assumeTrue(linksAreProtected(), "hard links are not protected here");
  }

  private static Path testClasses() {
    return Path.of("target", "test-classes").toAbsolutePath();
  }

  private static boolean isOpenToAll(Path path) {
    try {
      for (Path at = path; at != null; at = at.getParent()) {
        if (!Files.getPosixFilePermissions(at).contains(PosixFilePermission.OTHERS_EXECUTE)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean linksAreProtected() {
    try {
      return Files.readString(Path.of("/proc/sys/fs/protected_hardlinks")).startsWith("1");
    } catch (IOException e) {
      return false;
    }
  }

  private Path make(String name) throws IOException {
    Path root = Files.createDirectory(top.resolve(name));
    folder(root, "rwxr-xr-x", NOBODY);
    modes(root);
    groups(root);
    AccessLists.make(root, NOBODY);
    return root;
  }

  private static void groups(Path root) throws IOException {
    folderWith(root.resolve("group-folder"), "rwxrwx---", 0);
    Files.setAttribute(root.resolve("group-folder"), "unix:gid", GROUP);
    file(root.resolve("group-file"), "rw-rw----", 0);
    Files.setAttribute(root.resolve("group-file"), "unix:gid", GROUP);
    file(root.resolve("group-closed"), "rw----rw-", 0);
    Files.setAttribute(root.resolve("group-closed"), "unix:gid", GROUP);
  }

  private static void modes(Path root) throws IOException {
    file(root.resolve("theirs"), "rw-r--r--", 0);
    file(root.resolve("open"), "rw-rw-rw-", 0);
    file(root.resolve("replaced"), "r--------", 0);
    file(root.resolve("their-group"), "rw-r--r--", NOBODY);
    Files.setAttribute(root.resolve("their-group"), "unix:gid", 0);
    file(root.resolve("ours"), "rw-r--r--", NOBODY);
    file(root.resolve("closed"), "r--r--r--", NOBODY);
    folderWith(root.resolve("their-folder"), "rwxr-xr-x", 0);
    folderWith(root.resolve("open-folder"), "rwxrwxrwx", 0);
    folderWith(root.resolve("sticky"), "rwxrwxrwx", 0);
    Files.setAttribute(root.resolve("sticky"), "unix:mode", 01777);
    folderWith(root.resolve("open-folder/d2"), "rwxrwxrwx", 0);
    Path closed = folderWith(root.resolve("closed-folder"), "r-xr-xr-x", NOBODY);
    Path inner = Files.createDirectory(closed.resolve("inner"));
    file(inner.resolve("ours"), "rw-r--r--", NOBODY);
    folder(inner, "r-x------", NOBODY);
    folderWith(root.resolve("closed-2"), "r-xr-xr-x", NOBODY);
    folderWith(root.resolve("closed-3"), "r-xr-xr-x", NOBODY);
    for (String empty : new String[] {"empty-1", "empty-2"}) {
      folder(Files.createDirectory(root.resolve(empty)), "r-xr-xr-x", NOBODY);
    }
    for (String empty : new String[] {"their-empty", "their-empty-2"}) {
      folder(Files.createDirectory(root.resolve(empty)), "rwxr-xr-x", 0);
    }
    folderWith(root.resolve("secret-folder"), "rwx------", 0);
    folderWith(root.resolve("passage"), "rwx--x--x", 0);
    folderWith(root.resolve("shown"), "rwxr--r--", 0);
    file(root.resolve("secret"), "-w-------", NOBODY);
    file(root.resolve("two-names-a"), "rw-r--r--", 0);
    Files.createLink(root.resolve("two-names-b"), root.resolve("two-names-a"));
    Files.createFile(root.resolve("set-id"));
    Files.setAttribute(root.resolve("set-id"), "unix:mode", 04666);
    for (String name : new String[] {"set-gid", "our-set-gid"}) {
      file(root.resolve(name), "rw-r--r--", name.startsWith("our") ? NOBODY : 0);
      Files.setAttribute(root.resolve(name), "unix:gid", 0);
      Files.setAttribute(root.resolve(name), "unix:mode", 02644);
    }
  }

  private static Path folderWith(Path path, String permissions, int uid) throws IOException {
    Files.createDirectory(path);
    file(path.resolve("theirs"), "rw-r--r--", 0);
    file(path.resolve("ours"), "rw-r--r--", NOBODY);
    folder(Files.createDirectory(path.resolve("their-folder")), "rwxr-xr-x", 0);
    folder(path, permissions, uid);
    return path;
  }

  private static void file(Path path, String permissions, int uid) throws IOException {
    Files.writeString(path, "0123456789");
    folder(path, permissions, uid);
  }

  private static void folder(Path path, String permissions, int uid) throws IOException {
    Files.setAttribute(path, "unix:uid", uid);
    Files.setAttribute(path, "unix:gid", uid);
    Files.setPosixFilePermissions(path, fromString(permissions));
  }

  /** All of a tree but VFO's own. */
  private static Map<String, String> describe(Path root) throws IOException {
    Map<String, String> lines = new TreeMap<>();
    try (var walk = Files.walk(root)) {
      for (Path path : walk.toList()) {
        String name = root.relativize(path).toString();
        if (!name.startsWith(".vfo")) {
          Map<String, Object> is =
              Files.readAttributes(path, "unix:mode,uid,gid,nlink", LinkOption.NOFOLLOW_LINKS);
          String content = Files.isRegularFile(path) ? Files.readString(path) : "";
          String links = Files.isDirectory(path) ? "" : is.get("nlink").toString();
          lines.put(
              name,
              "%s %s:%s %s %s %s"
                  .formatted(
                      Integer.toOctalString((int) is.get("mode")),
                      is.get("uid"),
                      is.get("gid"),
                      links,
                      AccessLists.of(path),
                      content));
        }
      }
    }
    return lines;
  }

  @Test
  void whatTheKernelRefusesTheStepRefusesAndTheRestIsApplied() throws Exception {
    Path plain = make("plain");
    Path root = make("root");
    // May be passed, not listed.
    Files.setPosixFilePermissions(top, fromString("rwx--x--x"));
    List<String> command =
        new ArrayList<>(
            List.of(
                "/usr/bin/setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--groups=" + GROUP));
    command.addAll(Jvm.command(RightsProbe.class, plain, root));
    Process process =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals("done\n", output);
    assertEquals(0, process.waitFor());
    assertEquals(describe(plain), describe(root));
  }
}
