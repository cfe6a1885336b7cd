package dev.vfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vfo.storage.Errno;
import dev.vfo.storage.FileStat;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import dev.vfo.storage.linux.LinuxStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a step does not change stays through apply, on the real disk (G11). */
class KeptAttributesTest {
  private static final int HOLE_BYTES = 8 << 20;
  private static final String NOTE = "user.note";
  private static final String CAPABILITY = "security.capability";

  /** cap_net_raw, permitted and effective, as setcap writes it. */
  private static final byte[] CAN_PING =
      HexFormat.of().parseHex("0100000200200000000000000000000000000000");

  private final LinuxStorage storage = new LinuxStorage();
  private int root;

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void openRoot() throws IOException {
    root = storage.openRoot(folder);
  }

  @AfterEach
  void closeRoot() throws IOException {
    storage.close(root);
  }

  private interface Step {
    void on(FileTree tree) throws IOException;
  }

  private void apply(Step step) throws IOException {
    try (VirtualFileManager files = VirtualFileManager.open(folder, Options.defaults())) {
      step.on(files.tree());
      files.checkpoint(State.empty());
      files.awaitApplied();
    }
  }

  private FileStat stat(String name) throws IOException {
    return storage.stat(root, Name.of(name));
  }

  private byte[] xattr(String name, String attribute) throws IOException {
    return storage.getXattr(root, Name.of(name), attribute);
  }

  private void setXattr(String name, String attribute, byte[] value) throws IOException {
    try {
      storage.setXattr(root, Name.of(name), attribute, value);
    } catch (StorageException e) {
      assumeTrue(e.errno() != Errno.EOPNOTSUPP, "no extended attributes here");
      throw e;
    }
  }

  private static void writeAt(FileTree tree, String name, long offset) throws IOException {
    try (VirtualFile file = tree.open(name, WRITE)) {
      file.write(ByteBuffer.wrap("!".getBytes(UTF_8)), offset);
    }
  }

  @Test
  void aPatchedFileKeepsInodeLinksHolesAndExtendedAttributes() throws IOException {
    Files.writeString(folder.resolve("file"), "content");
    Files.createLink(folder.resolve("other"), folder.resolve("file"));
    setXattr("file", NOTE, "kept".getBytes(UTF_8));
    try (var channel = Files.newByteChannel(folder.resolve("file"), WRITE)) {
      channel.position(HOLE_BYTES).write(ByteBuffer.wrap("end".getBytes(UTF_8)));
    }
    FileStat before = stat("file");
    apply(tree -> {
      writeAt(tree, "file", 3);
      writeAt(tree, "file", HOLE_BYTES / 2);
      tree.chmod("file", 0751);
      tree.rename("file", "renamed");
    });
    FileStat after = stat("renamed");
    assertEquals(before.identity(), after.identity());
    assertEquals(after.identity(), stat("other").identity());
    assertEquals(2, after.linkCount());
    assertEquals(0751, after.mode());
    assertEquals(HOLE_BYTES + 3, after.sizeBytes());
    assertTrue(after.blocks512() * 512 < HOLE_BYTES / 4, "holes are filled: " + after);
    assertArrayEquals("kept".getBytes(UTF_8), xattr("renamed", NOTE));
    assertEquals("con!ent", Files.readString(folder.resolve("other")).substring(0, 7));
  }

  @Test
  void holesOfANewFileStayHoles() throws IOException {
    apply(tree -> {
      tree.writeAll("new", new byte[] {1});
      writeAt(tree, "new", HOLE_BYTES);
    });
    assertEquals(HOLE_BYTES + 1, stat("new").sizeBytes());
    assertTrue(stat("new").blocks512() * 512 < HOLE_BYTES / 4, "holes are filled");
  }

  @Test
  void accessListsAndCapabilitiesStay() throws IOException {
    assumeTrue(storage.effectiveUid() == 0, "only user 0 can give capabilities");
    Files.writeString(folder.resolve("tool"), "content");
    setXattr("tool", CAPABILITY, CAN_PING);
    byte[] capability = xattr("tool", CAPABILITY);
    AccessLists.make(folder, 1);
    String list = AccessLists.of(folder.resolve("list-open"));
    apply(tree -> {
      tree.rename("tool", "moved");
      tree.setTimes("moved", 1, 2);
      writeAt(tree, "list-open", 0);
      tree.rename("list-folder", "list-moved");
    });
    assertArrayEquals(capability, xattr("moved", CAPABILITY));
    assertEquals(list, AccessLists.of(folder.resolve("list-open")));
    assertTrue(!list.isEmpty() && !AccessLists.of(folder.resolve("list-moved")).isEmpty());
  }

  @Test
  void nodesAndLinksThatAreRenamedStayTheSameFile() throws IOException {
    storage.makeNode(root, Name.of("fifo"), FileType.FIFO, 0640, 0);
    storage.makeSymlink(root, Name.of("link"), "anywhere".getBytes(UTF_8));
    FileStat fifo = stat("fifo");
    FileStat link = stat("link");
    apply(tree -> {
      tree.createDirectory("d");
      tree.rename("fifo", "d/fifo");
      tree.rename("link", "link2");
    });
    int directory = storage.openRoot(folder.resolve("d"));
    FileStat moved = storage.stat(directory, Name.of("fifo"));
    storage.close(directory);
    assertEquals(fifo.identity(), moved.identity());
    assertEquals(FileType.FIFO, moved.type());
    assertEquals(0640, moved.mode());
    assertEquals(fifo.modifyNanos(), moved.modifyNanos());
    assertEquals(link.identity(), stat("link2").identity());
    assertEquals("anywhere", Files.readSymbolicLink(folder.resolve("link2")).toString());
  }
}
