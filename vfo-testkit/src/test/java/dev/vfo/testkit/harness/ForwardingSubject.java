package dev.vfo.testkit.harness;

import dev.vfo.storage.FileType;
import dev.vfo.storage.RenameMode;
import dev.vfo.testkit.history.Subject;
import dev.vfo.testkit.model.FileAttributes;
import dev.vfo.testkit.model.ListedName;
import dev.vfo.testkit.model.OpenFlags;
import dev.vfo.testkit.model.TreeCalls;
import dev.vfo.testkit.model.TreePath;
import java.io.IOException;
import java.util.List;

/** A subject whose files are those of something else. */
abstract class ForwardingSubject implements Subject {
  /** Where its files are now. */
  abstract TreeCalls files();

  @Override
  public void open(int handle, TreePath path, OpenFlags flags, int mode) throws IOException {
    files().open(handle, path, flags, mode);
  }

  @Override
  public void close(int handle) throws IOException {
    files().close(handle);
  }

  @Override
  public byte[] readAt(int handle, long offset, int lengthBytes) throws IOException {
    return files().readAt(handle, offset, lengthBytes);
  }

  @Override
  public void writeBack(int handle, long offset, byte[] data) throws IOException {
    files().writeBack(handle, offset, data);
  }

  @Override
  public void writeAt(int handle, long offset, byte[] data) throws IOException {
    files().writeAt(handle, offset, data);
  }

  @Override
  public byte[] read(int handle, int lengthBytes) throws IOException {
    return files().read(handle, lengthBytes);
  }

  @Override
  public void write(int handle, byte[] data) throws IOException {
    files().write(handle, data);
  }

  @Override
  public void seek(int handle, long position) throws IOException {
    files().seek(handle, position);
  }

  @Override
  public void truncate(int handle, long sizeBytes) throws IOException {
    files().truncate(handle, sizeBytes);
  }

  @Override
  public void punch(int handle, long offset, long lengthBytes, boolean keepSize)
      throws IOException {
    files().punch(handle, offset, lengthBytes, keepSize);
  }

  @Override
  public void allocate(int handle, long offset, long lengthBytes, boolean keepSize)
      throws IOException {
    files().allocate(handle, offset, lengthBytes, keepSize);
  }

  @Override
  public FileAttributes stat(int handle) throws IOException {
    return files().stat(handle);
  }

  @Override
  public FileAttributes stat(TreePath path) throws IOException {
    return files().stat(path);
  }

  @Override
  public List<ListedName> list(TreePath path) throws IOException {
    return files().list(path);
  }

  @Override
  public byte[] readSymlink(TreePath path) throws IOException {
    return files().readSymlink(path);
  }

  @Override
  public void unlink(TreePath path) throws IOException {
    files().unlink(path);
  }

  @Override
  public void rename(TreePath from, TreePath to, RenameMode mode) throws IOException {
    files().rename(from, to, mode);
  }

  @Override
  public void makeDirectory(TreePath path, int mode) throws IOException {
    files().makeDirectory(path, mode);
  }

  @Override
  public void removeDirectory(TreePath path) throws IOException {
    files().removeDirectory(path);
  }

  @Override
  public void link(TreePath from, TreePath to) throws IOException {
    files().link(from, to);
  }

  @Override
  public void makeSymlink(TreePath path, byte[] target) throws IOException {
    files().makeSymlink(path, target);
  }

  @Override
  public void openUnnamed(int handle, TreePath directory, OpenFlags flags, int mode)
      throws IOException {
    files().openUnnamed(handle, directory, flags, mode);
  }

  @Override
  public void link(int handle, TreePath to) throws IOException {
    files().link(handle, to);
  }

  @Override
  public void makeSpecial(TreePath path, FileType type, int mode, long device) throws IOException {
    files().makeSpecial(path, type, mode, device);
  }

  @Override
  public void changeMode(TreePath path, int mode) throws IOException {
    files().changeMode(path, mode);
  }

  @Override
  public byte[] getXattr(TreePath path, String attribute) throws IOException {
    return files().getXattr(path, attribute);
  }

  @Override
  public void setXattr(TreePath path, String attribute, byte[] value) throws IOException {
    files().setXattr(path, attribute, value);
  }

  @Override
  public void removeXattr(TreePath path, String attribute) throws IOException {
    files().removeXattr(path, attribute);
  }

  @Override
  public List<String> listXattrs(TreePath path) throws IOException {
    return files().listXattrs(path);
  }

  @Override
  public void changeOwner(TreePath path, int uid, int gid) throws IOException {
    files().changeOwner(path, uid, gid);
  }

  @Override
  public void setTimes(TreePath path, long accessNanos, long modifyNanos) throws IOException {
    files().setTimes(path, accessNanos, modifyNanos);
  }
}
