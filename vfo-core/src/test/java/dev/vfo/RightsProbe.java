package dev.vfo;

import dev.vfo.storage.RenameMode;
import dev.vfo.storage.Storage;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import dev.vfo.testkit.model.OpenFlags;
import dev.vfo.testkit.model.PlainFiles;
import dev.vfo.testkit.model.TreeCalls;
import dev.vfo.testkit.model.TreePath;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A process of a user who is not user 0: does the same to an ordinary directory and to a root, and
 * prints where VFO answers other than the kernel. Its end is bad when the step cannot be applied.
 */
final class RightsProbe {
  private static final OpenFlags WRITE = new OpenFlags(OpenFlags.WRITE);
  private static final OpenFlags CREATE = new OpenFlags(OpenFlags.WRITE | OpenFlags.CREATE);
  private static final RenameMode REPLACE = RenameMode.REPLACE;
  private static final int HANDLE = 1;
  private static final int KEPT = 2;

  private interface Call {
    void on(TreeCalls tree) throws IOException;
  }

  private final TreeCalls plain;
  private final EngineSubject managed;

  private RightsProbe(TreeCalls plain, EngineSubject managed) {
    this.plain = plain;
    this.managed = managed;
  }

  /** The process: PLAIN ROOT. */
  public static void main(String[] arguments) throws IOException {
    Storage storage = new LinuxStorage();
    int directory = storage.openRoot(Path.of(arguments[0]));
    try (PlainFiles plain = new PlainFiles(storage, directory);
        EngineSubject managed = new EngineSubject(Path.of(arguments[1]), Options.defaults())) {
      new RightsProbe(plain, managed).run();
      System.out.println("done");
    }
  }

  private static TreePath path(String text) {
    return TreePath.of(text);
  }

  private void same(String name, Call call) {
    String kernel = outcome(plain, call);
    String ours = outcome(managed, call);
    if (!kernel.equals(ours)) {
      System.out.println(name + ": the kernel says " + kernel + ", VFO " + ours);
    }
  }

  private static String outcome(TreeCalls tree, Call call) {
    try {
      call.on(tree);
      return "done";
    } catch (StorageException e) {
      return e.errno().toString();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void write(TreeCalls tree, String name, OpenFlags flags) throws IOException {
    tree.open(HANDLE, path(name), flags, 0644);
    try {
      tree.writeAt(HANDLE, 0, new byte[] {'w'});
    } finally {
      tree.close(HANDLE);
    }
  }

  private void run() throws IOException {
    content();
    names();
    attributes();
    checkpoint();
    ownRights();
    checkpoint();
    handles();
    checkpoint();
  }

  private void checkpoint() throws IOException {
    if (managed.checkpoint(new byte[0]) > 0) {
      managed.awaitApplied();
    }
  }

  private void content() {
    same("write another's", tree -> write(tree, "/theirs", WRITE));
    same("write another's that is open to all", tree -> write(tree, "/open", WRITE));
    same("write ours", tree -> write(tree, "/ours", WRITE));
    same("write ours that is closed", tree -> write(tree, "/closed", WRITE));
    same("create", tree -> write(tree, "/new", CREATE));
    same("create in another's", tree -> write(tree, "/their-folder/new", CREATE));
    same("create in another's that is open to all", tree -> write(tree, "/open-folder/n", CREATE));
    same("create in ours that is closed", tree -> write(tree, "/closed-folder/new", CREATE));
  }

  private void names() {
    same("unlink in another's", tree -> tree.unlink(path("/their-folder/theirs")));
    same("unlink in an open one", tree -> tree.unlink(path("/open-folder/theirs")));
    same("unlink in a sticky one", tree -> tree.unlink(path("/sticky/theirs")));
    same("unlink ours in a sticky one", tree -> tree.unlink(path("/sticky/ours")));
    same("unlink in a closed one", tree -> tree.unlink(path("/closed-folder/ours")));
    same("rmdir in a sticky one", tree -> tree.removeDirectory(path("/sticky/their-folder")));
    same("mkdir in another's", tree -> tree.makeDirectory(path("/their-folder/d"), 0755));
    same(
        "symlink in another's",
        tree -> tree.makeSymlink(path("/their-folder/l"), new byte[] {'t'}));
    same("rename in a sticky one", tree -> rename(tree, "/sticky/theirs", "/sticky/x"));
    same("rename out of a sticky one", tree -> rename(tree, "/sticky/theirs", "/x"));
    same("rename over in a sticky one", tree -> rename(tree, "/new", "/sticky/theirs"));
    same("rename to another's", tree -> rename(tree, "/new", "/their-folder/new"));
    same("rename a folder of another's", tree -> rename(tree, "/their-folder", "/renamed"));
    same("rename it back", tree -> rename(tree, "/renamed", "/their-folder"));
    same("move a folder of another's", tree -> rename(tree, "/their-folder", "/open-folder/d"));
    same("move a folder of ours", tree -> rename(tree, "/closed-folder", "/open-folder/d"));
    same(
        "exchange with a folder of another's",
        tree -> tree.rename(path("/their-folder"), path("/open-folder/d2"), RenameMode.EXCHANGE));
    same("link ours", tree -> tree.link(path("/ours"), path("/link")));
    same("link in another's", tree -> tree.link(path("/ours"), path("/their-folder/link")));
    same("link an open one", tree -> tree.link(path("/open"), path("/open-link")));
    same("replace another's", tree -> rename(tree, "/new", "/replaced"));
  }

  private static void rename(TreeCalls tree, String from, String to) throws IOException {
    tree.rename(path(from), path(to), REPLACE);
  }

  private void attributes() {
    same("chmod another's", tree -> tree.changeMode(path("/open"), 0600));
    same("chmod ours", tree -> tree.changeMode(path("/ours"), 02751));
    same("times of another's", tree -> tree.setTimes(path("/open"), 1, 1));
    same("times of ours", tree -> tree.setTimes(path("/ours"), 1_000_000_000, 2_000_000_000));
    same("chown ours to user 0", tree -> tree.changeOwner(path("/ours"), 0, -1));
    same("chown ours to group 0", tree -> tree.changeOwner(path("/ours"), -1, 0));
    same("chown ours to us", tree -> tree.changeOwner(path("/ours"), 65_534, 65_534));
    same("chown another's", tree -> tree.changeOwner(path("/open"), 65_534, -1));
    same("chown another's to its owner", tree -> tree.changeOwner(path("/open"), 0, -1));
    same("chmod with a group of another's", tree -> tree.changeMode(path("/their-group"), 02755));
  }

  /** What home's modes refuse when it is applied, though the step has opened it before. */
  private void ownRights() {
    same("open a folder", tree -> tree.changeMode(path("/closed-folder"), 0700));
    same("create in it", tree -> write(tree, "/closed-folder/new", CREATE));
    same("close it again", tree -> tree.changeMode(path("/closed-folder"), 0500));
    same("open one to remove it", tree -> tree.changeMode(path("/closed-folder/inner"), 0700));
    same("empty it", tree -> tree.unlink(path("/closed-folder/inner/ours")));
    same("remove it, but for the lock", tree -> remove(tree, "/closed-folder/inner"));
    same("open the other", tree -> tree.changeMode(path("/closed-folder"), 0700));
    same("remove it", tree -> remove(tree, "/closed-folder/inner"));
    same("close the root", tree -> tree.changeMode(TreePath.ROOT, 0555));
    same("create in the root", tree -> write(tree, "/late", CREATE));
  }

  private static void remove(TreeCalls tree, String name) throws IOException {
    tree.removeDirectory(path(name));
  }

  private void handles() throws IOException {
    same("open the root", tree -> tree.changeMode(TreePath.ROOT, 0755));
    same("create in the root again", tree -> write(tree, "/late", CREATE));
    same("keep a handle", tree -> tree.open(KEPT, path("/ours"), OpenFlags.READ_WRITE, 0));
    same("close its file", tree -> tree.changeMode(path("/ours"), 0400));
    checkpoint();
    same("write by the handle", tree -> tree.writeAt(KEPT, 0, new byte[] {'h'}));
    same("close the handle", tree -> tree.close(KEPT));
  }
}
