package dev.vfo.testkit.history;

import dev.vfo.storage.FileType;
import dev.vfo.storage.RenameMode;
import dev.vfo.testkit.model.OpenFlags;
import dev.vfo.testkit.model.TreeCalls;
import dev.vfo.testkit.model.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * An operation on files; each is one method of {@link TreeCalls}, where its arguments are
 * explained.
 */
public sealed interface FileOperation extends Operation {
  /** Performs it, and returns what it answered; throws what the call throws. */
  Outcome runOn(TreeCalls files) throws IOException;

  /** Opens or creates a file. */
  record Open(int handle, TreePath path, OpenFlags flags, Mode mode) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.open(handle, path, flags, mode.bits());
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return flags.has(OpenFlags.CREATE) || flags.has(OpenFlags.TRUNCATE);
    }
  }

  /** Opens a new file without a name. */
  record OpenUnnamed(int handle, TreePath directory, OpenFlags flags, Mode mode)
      implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.openUnnamed(handle, directory, flags, mode.bits());
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Gives an open file a name. */
  record LinkHandle(int handle, TreePath to) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.link(handle, to);
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Closes a file. */
  record Close(int handle) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.close(handle);
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return false;
    }
  }

  /** Reads at an offset. */
  record ReadAt(int handle, long offset, int lengthBytes) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      return new Outcome.Data(files.readAt(handle, offset, lengthBytes));
    }

    @Override
    public boolean changesTree() {
      return false;
    }
  }

  /** Writes at an offset. */
  record WriteAt(int handle, long offset, Payload data) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.writeAt(handle, offset, data.bytes());
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Writes at an offset what was written some time ago. */
  record WriteBack(int handle, long offset, Payload data) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.writeBack(handle, offset, data.bytes());
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Reads at the handle's position. */
  record ReadNext(int handle, int lengthBytes) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      return new Outcome.Data(files.read(handle, lengthBytes));
    }

    @Override
    public boolean changesTree() {
      return false;
    }
  }

  /** Writes at the handle's position, or at the end of a file opened to append. */
  record WriteNext(int handle, Payload data) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.write(handle, data.bytes());
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Sets the handle's position. */
  record Seek(int handle, long position) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.seek(handle, position);
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return false;
    }
  }

  /** Sets the size of a file. */
  record Truncate(int handle, long sizeBytes) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.truncate(handle, sizeBytes);
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Reserves space for a range. */
  record Allocate(int handle, long offset, long lengthBytes, boolean keepSize)
      implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.allocate(handle, offset, lengthBytes, keepSize);
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Makes a range zeros. */
  record Punch(int handle, long offset, long lengthBytes, boolean keepSize)
      implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.punch(handle, offset, lengthBytes, keepSize);
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Asks for the attributes of an open file. */
  record StatHandle(int handle) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      return new Outcome.Attributes(files.stat(handle));
    }

    @Override
    public boolean changesTree() {
      return false;
    }
  }

  /** Asks for the attributes of a file. */
  record Stat(TreePath path) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      return new Outcome.Attributes(files.stat(path));
    }

    @Override
    public boolean changesTree() {
      return false;
    }
  }

  /** Asks for the names in a directory. */
  record ListDirectory(TreePath path) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      return new Outcome.Names(files.list(path));
    }

    @Override
    public boolean changesTree() {
      return false;
    }
  }

  /** Asks for the target of a symbolic link. */
  record ReadSymlink(TreePath path) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      return new Outcome.Data(files.readSymlink(path));
    }

    @Override
    public boolean changesTree() {
      return false;
    }
  }

  /** Removes a name that is no directory. */
  record Unlink(TreePath path) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.unlink(path);
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Renames. */
  record Rename(TreePath from, TreePath to, RenameMode mode) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.rename(from, to, mode);
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Makes a directory. */
  record MakeDirectory(TreePath path, Mode mode) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.makeDirectory(path, mode.bits());
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Removes an empty directory. */
  record RemoveDirectory(TreePath path) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.removeDirectory(path);
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Makes a second name. */
  record Link(TreePath from, TreePath to) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.link(from, to);
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Makes a symbolic link. */
  record MakeSymlink(TreePath path, TreePath target) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.makeSymlink(path, target.toString().getBytes(StandardCharsets.UTF_8));
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Makes a FIFO, a socket or a device node. */
  record MakeSpecial(TreePath path, FileType type, Mode mode, long device)
      implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.makeSpecial(path, type, mode.bits(), device);
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Sets permission bits. */
  record ChangeMode(TreePath path, Mode mode) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.changeMode(path, mode.bits());
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Asks for the value of an extended attribute. */
  record GetXattr(TreePath path, String attribute) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      return new Outcome.Data(files.getXattr(path, attribute));
    }

    @Override
    public boolean changesTree() {
      return false;
    }
  }

  /** Sets an extended attribute; of one that has a form of its own the payload says which. */
  record SetXattr(TreePath path, String attribute, Payload value) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.setXattr(path, attribute, XattrValues.of(attribute, value));
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Removes an extended attribute. */
  record RemoveXattr(TreePath path, String attribute) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.removeXattr(path, attribute);
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Asks for the names of the extended attributes. */
  record ListXattrs(TreePath path) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      return new Outcome.Texts(files.listXattrs(path));
    }

    @Override
    public boolean changesTree() {
      return false;
    }
  }

  /** Sets owner and group, -1 to leave one as it is. */
  record ChangeOwner(TreePath path, int uid, int gid) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.changeOwner(path, uid, gid);
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }

  /** Sets the times of access and modification, nanoseconds since 1970. */
  record SetTimes(TreePath path, long accessNanos, long modifyNanos) implements FileOperation {
    @Override
    public Outcome runOn(TreeCalls files) throws IOException {
      files.setTimes(path, accessNanos, modifyNanos);
      return Outcome.DONE;
    }

    @Override
    public boolean changesTree() {
      return true;
    }
  }
}
