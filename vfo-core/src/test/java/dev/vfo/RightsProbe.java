package dev.vfo;

import dev.vfo.storage.FileStat;
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
  private static final OpenFlags READ = new OpenFlags(OpenFlags.READ);
  private static final OpenFlags CUT = new OpenFlags(OpenFlags.WRITE | OpenFlags.TRUNCATE);
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

  /** What a kernel does and VFO cannot, because apply could not; the plain directory stays too. */
  private void stricter(String name, Call call) {
    String ours = outcome(managed, call);
    if (!ours.equals("EACCES")) {
      System.out.println(name + ": should be refused, VFO " + ours);
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

  private static void read(TreeCalls tree, String name) throws IOException {
    tree.open(HANDLE, path(name), READ, 0);
    try {
      tree.readAt(HANDLE, 0, 1);
    } finally {
      tree.close(HANDLE);
    }
  }

  private static void update(TreeCalls tree, String name) throws IOException {
    tree.open(HANDLE, path(name), OpenFlags.READ_WRITE, 0);
    try {
      tree.writeAt(HANDLE, 1, tree.readAt(HANDLE, 0, 1));
    } finally {
      tree.close(HANDLE);
    }
  }

  private void run() throws IOException {
    reading();
    content();
    groups();
    lists();
    checkpoint();
    lists();
    names();
    attributes();
    xattrs();
    checkpoint();
    xattrs();
    closedInTheStep();
    ownRights();
    checkpoint();
    handles();
    checkpoint();
    handleBelowClosed();
    checkpoint();
    linksOfOthers();
    checkpoint();
    setIdOfOthers();
    checkpoint();
  }

  private void handleBelowClosed() throws IOException {
    same("make above and below", tree -> tree.makeDirectory(path("/above"), 0700));
    same("make below", tree -> tree.makeDirectory(path("/above/below"), 0700));
    same("make the file", tree -> write(tree, "/above/below/file", CREATE));
    same("keep it", tree -> tree.open(KEPT, path("/above/below/file"), OpenFlags.READ_WRITE, 0));
    same("close what is below", tree -> tree.changeMode(path("/above/below"), 0000));
    same("close what is above", tree -> tree.changeMode(path("/above"), 0000));
    checkpoint();
    same("write below what is closed", tree -> tree.writeAt(KEPT, 0, new byte[] {'b'}));
    same("touch what is above", tree -> tree.setTimes(path("/above"), 1, 2));
    checkpoint();
    same("open above", tree -> tree.changeMode(path("/above"), 0700));
    checkpoint();
    same("open below", tree -> tree.changeMode(path("/above/below"), 0700));
    same("let it go", tree -> tree.close(KEPT));
  }

  /** Apply must not make a link where the step only renamed one. */
  private void linksOfOthers() {
    same("see one name", tree -> tree.stat(path("/two-names-b")));
    same("rename the other", tree -> rename(tree, "/two-names-a", "/two-names-c"));
    same("take its name", tree -> write(tree, "/two-names-a", CREATE));
  }

  /** The kernel takes the bits away when a file is written; only its owner could. */
  private void setIdOfOthers() {
    same("open an empty one", tree -> tree.open(HANDLE, path("/set-id"), CUT, 0));
    same("close it", tree -> tree.close(HANDLE));
  }

  private void checkpoint() throws IOException {
    if (managed.checkpoint(new byte[0]) > 0) {
      managed.awaitApplied();
    }
  }

  private void reading() {
    for (String name : new String[] {"/theirs", "/replaced", "/secret", "/secret-folder/theirs"}) {
      same("read " + name, tree -> read(tree, name));
      same("update " + name, tree -> update(tree, name));
      same("stat " + name, tree -> tree.stat(path(name)));
    }
    for (String folder : new String[] {"/secret-folder", "/passage", "/shown", "/closed-folder"}) {
      same("list " + folder, tree -> tree.list(path(folder)));
      same("read in " + folder, tree -> read(tree, folder + "/theirs"));
      same("stat in " + folder, tree -> tree.stat(path(folder + "/theirs")));
      same("look for nothing in " + folder, tree -> tree.stat(path(folder + "/none")));
      same("create in " + folder, tree -> write(tree, folder + "/new", CREATE));
      same("unlink nothing in " + folder, tree -> tree.unlink(path(folder + "/none")));
      same("mkdir over one in " + folder, tree -> tree.makeDirectory(path(folder + "/ours"), 0));
      same("rename to " + folder, tree -> rename(tree, "/theirs", folder + "/x"));
    }
  }

  private void groups() {
    same("write the group's", tree -> write(tree, "/group-file", WRITE));
    same("write what is closed to the group", tree -> write(tree, "/group-closed", WRITE));
    same("read what is closed to the group", tree -> read(tree, "/group-closed"));
    same("create in the group's", tree -> write(tree, "/group-folder/new", CREATE));
    same("unlink in the group's", tree -> tree.unlink(path("/group-folder/theirs")));
    same("give to a group of ours", tree -> tree.changeOwner(path("/group-folder/ours"), -1, 4711));
    same("set-group-id for it", tree -> tree.changeMode(path("/group-folder/ours"), 02770));
    same("back", tree -> tree.changeOwner(path("/group-folder/ours"), -1, 65_534));
  }

  /** Done twice: what was done first is then in the way, and at home. */
  private void lists() {
    for (String name : new String[] {"open", "readable", "masked", "closed", "ours"}) {
      same("read by list, " + name, tree -> read(tree, "/list-" + name));
      same("write by list, " + name, tree -> write(tree, "/list-" + name, WRITE));
      same("update by list, " + name, tree -> update(tree, "/list-" + name));
      same("cut by list, " + name, tree -> write(tree, "/list-" + name, CUT));
      same("link by list, " + name, tree -> tree.link(path("/list-" + name), path("/l-" + name)));
      same("chmod by list, " + name, tree -> tree.changeMode(path("/list-" + name), 0640));
      same("times by list, " + name, tree -> tree.setTimes(path("/list-" + name), 1, 2));
    }
    same("ours is open again", tree -> tree.changeMode(path("/list-ours"), 0600));
    for (String name : new String[] {"", "-masked", "-closed"}) {
      String folder = "/list" + name + "-folder";
      same("list by list", tree -> tree.list(path(folder)));
      same("create in " + folder, tree -> write(tree, folder + "/new", CREATE));
      same("mkdir in " + folder, tree -> tree.makeDirectory(path(folder + "/made"), 0755));
      same("unlink in " + folder, tree -> tree.unlink(path(folder + "/theirs")));
      same("rmdir in " + folder, tree -> tree.removeDirectory(path(folder + "/their-folder")));
      same("rename in " + folder, tree -> rename(tree, folder + "/new", folder + "/renamed"));
      same("rename to " + folder, tree -> rename(tree, "/new", folder + "/moved"));
      same("rename from " + folder, tree -> rename(tree, folder + "/moved", "/new"));
    }
  }

  private void closedInTheStep() {
    same("make", tree -> tree.makeDirectory(path("/made"), 0700));
    same("make in it", tree -> write(tree, "/made/file", CREATE));
    for (int mode : new int[] {0000, 0100, 0200, 0300, 0400, 0500, 0600, 0077, 0700}) {
      String text = Integer.toOctalString(mode) + ": ";
      same(text + "chmod", tree -> tree.changeMode(path("/made"), mode));
      same(text + "list", tree -> tree.list(path("/made")));
      same(text + "read", tree -> read(tree, "/made/file"));
      same(text + "missing", tree -> tree.stat(path("/made/none")));
      same(text + "create", tree -> write(tree, "/made/new" + mode, CREATE));
      same(text + "rename", tree -> rename(tree, "/made/file", "/made/file2"));
      same(text + "and back", tree -> rename(tree, "/made/file2", "/made/file"));
      same(text + "move it", tree -> rename(tree, "/made", "/open-folder/made"));
      same(text + "move it back", tree -> rename(tree, "/open-folder/made", "/made"));
    }
    for (int mode : new int[] {0000, 0200, 0400, 0600, 0066}) {
      String text = Integer.toOctalString(mode) + ", file: ";
      same(text + "chmod", tree -> tree.changeMode(path("/made/file"), mode));
      same(text + "read", tree -> read(tree, "/made/file"));
      same(text + "write", tree -> write(tree, "/made/file", WRITE));
      same(text + "update", tree -> update(tree, "/made/file"));
      same(text + "cut", tree -> write(tree, "/made/file", CUT));
      same(text + "link", tree -> tree.link(path("/made/file"), path("/made/link" + mode)));
    }
    same(
        "a new one that may not be written",
        tree -> tree.open(KEPT, path("/made/shut"), CREATE, 0));
    same("is written", tree -> tree.writeAt(KEPT, 0, new byte[] {'s'}));
    same("is closed", tree -> tree.close(KEPT));
    same("cannot be written again", tree -> write(tree, "/made/shut", WRITE));
    same("chown with set-id", tree -> tree.changeMode(path("/made/shut"), 06755));
    same("takes it away", tree -> tree.changeOwner(path("/made/shut"), -1, 4711));
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
    same("exchange closed folders of ours", tree -> exchange(tree, "/closed-folder", "/closed-2"));
    same("turn folders, 1", tree -> rename(tree, "/closed-2", "/turned"));
    same("turn folders, 2", tree -> rename(tree, "/closed-3", "/closed-2"));
    same("turn folders, 3", tree -> rename(tree, "/closed-folder", "/closed-3"));
    same("turn folders, 4", tree -> rename(tree, "/turned", "/closed-folder"));
    same("replace a folder of ours", tree -> rename(tree, "/empty-1", "/empty-2"));
    same("rename another's", tree -> rename(tree, "/passage", "/renamed"));
    same("rename the next", tree -> rename(tree, "/shown", "/renamed-2"));
    same("rename the first again", tree -> rename(tree, "/renamed", "/renamed-3"));
    same("remove another's", tree -> remove(tree, "/their-empty"));
    stricter("take its name", tree -> tree.makeDirectory(path("/their-empty"), 0755));
    stricter("take a name of another's", tree -> rename(tree, "/renamed-3", "/shown"));
    stricter("create in a name of another's", tree -> write(tree, "/passage", CREATE));
    stricter("exchange another's", tree -> exchange(tree, "/renamed-2", "/renamed-3"));
    stricter("replace another's", tree -> rename(tree, "/empty-2", "/their-empty-2"));
    same("rename it back", tree -> rename(tree, "/renamed-3", "/passage"));
    same("link ours", tree -> tree.link(path("/ours"), path("/link")));
    same("link in another's", tree -> tree.link(path("/ours"), path("/their-folder/link")));
    same("link an open one", tree -> tree.link(path("/open"), path("/open-link")));
    same("replace another's", tree -> rename(tree, "/new", "/replaced"));
  }

  private static void exchange(TreeCalls tree, String from, String to) throws IOException {
    tree.rename(path(from), path(to), RenameMode.EXCHANGE);
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
    leftAsTheyAre();
    same("chmod with a group of another's", tree -> tree.changeMode(path("/their-group"), 02755));
  }

  /** Calls that set nothing, and yet may take set-id bits away. */
  private void leftAsTheyAre() {
    long omit = FileStat.OMIT_TIME;
    for (String name : new String[] {"/open", "/set-id", "/set-gid", "/our-set-gid", "/passage"}) {
      same("leave owner and group of " + name, tree -> tree.changeOwner(path(name), -1, -1));
      same("leave the times of " + name, tree -> tree.setTimes(path(name), omit, omit));
      same("leave one of the times of " + name, tree -> tree.setTimes(path(name), omit, 1));
    }
  }

  private void xattrs() {
    // Version 2, and the three lines that are the mode 0640.
    byte[] list = {
      2, 0, 0, 0, 1, 0, 6, 0, -1, -1, -1, -1, 4, 0, 4, 0, -1, -1, -1, -1, 32, 0, 0, 0, -1, -1, -1,
      -1
    };
    for (String name :
        new String[] {
          "/theirs",
          "/open",
          "/closed",
          "/secret",
          "/sticky",
          "/open-folder",
          "/their-folder",
          "/closed-folder",
          "/passage",
          "/shown",
          "/group-file",
          "/group-closed",
          "/group-folder",
          "/list-open",
          "/list-readable",
          "/list-masked",
          "/list-closed",
          "/list-ours",
          "/set-id"
        }) {
      for (String attribute : new String[] {"user.a", "trusted.a", "security.a"}) {
        String what = attribute + " of " + name;
        same("get " + what, tree -> tree.getXattr(path(name), attribute));
        same("set " + what, tree -> tree.setXattr(path(name), attribute, new byte[] {1}));
        same("get again " + what, tree -> tree.getXattr(path(name), attribute));
        same("list " + what, tree -> tree.listXattrs(path(name)));
        same("remove " + what, tree -> tree.removeXattr(path(name), attribute));
        same("set again " + what, tree -> tree.setXattr(path(name), attribute, new byte[] {2}));
      }
    }
    for (String name : new String[] {"/theirs", "/open", "/ours", "/list-ours", "/their-group"}) {
      String attribute = "system.posix_acl_access";
      same("set the list of " + name, tree -> tree.setXattr(path(name), attribute, list));
      same("remove the list of " + name, tree -> tree.removeXattr(path(name), attribute));
    }
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
