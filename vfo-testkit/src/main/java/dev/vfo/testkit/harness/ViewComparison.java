package dev.vfo.testkit.harness;

import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import dev.vfo.testkit.history.Outcome;
import dev.vfo.testkit.model.FileModel;
import dev.vfo.testkit.model.ListedName;
import dev.vfo.testkit.model.ModelFile;
import dev.vfo.testkit.model.OpenFlags;
import dev.vfo.testkit.model.TreeCalls;
import dev.vfo.testkit.model.TreePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares what programs see of a tree through its calls with a model. */
final class ViewComparison {
  /** A handle that no history uses. */
  private static final int HANDLE = 1_000_000;

  private final TreeCalls files;
  private final Differences differences = new Differences();

  private ViewComparison(TreeCalls files) {
    this.files = files;
  }

  /** Lines that say what is different; empty when nothing is. */
  static List<String> differences(TreeCalls files, FileModel expected) throws IOException {
    ViewComparison comparison = new ViewComparison(files);
    comparison.file(TreePath.ROOT, expected.root());
    return comparison.differences.lines();
  }

  private void file(TreePath path, ModelFile model) throws IOException {
    expect(
        path, new Outcome.Attributes(model.attributes()), new Outcome.Attributes(files.stat(path)));
    xattrs(path, model);
    if (model.isDirectory()) {
      expect(path, new Outcome.Names(names(model)), new Outcome.Names(files.list(path)));
      for (Map.Entry<Name, ModelFile> child : model.children().entrySet()) {
        file(path.child(child.getKey()), child.getValue());
      }
    } else {
      expect(path, new Outcome.Data(model.content()), new Outcome.Data(content(path, model)));
    }
  }

  private void xattrs(TreePath path, ModelFile model) throws IOException {
    List<String> names = List.copyOf(model.xattrs().keySet());
    List<String> actual = files.listXattrs(path);
    expect(path, new Outcome.Texts(names), new Outcome.Texts(actual));
    for (Map.Entry<String, byte[]> xattr : model.xattrs().entrySet()) {
      if (actual.contains(xattr.getKey())) {
        byte[] value = files.getXattr(path, xattr.getKey());
        expect(path, new Outcome.Data(xattr.getValue()), new Outcome.Data(value));
      }
    }
  }

  private byte[] content(TreePath path, ModelFile model) throws IOException {
    if (model.type() == FileType.SYMLINK) {
      return files.readSymlink(path);
    }
    if (model.isSpecial()) {
      return new byte[0];
    }
    files.open(HANDLE, path, new OpenFlags(OpenFlags.READ), 0);
    byte[] content = files.readAt(HANDLE, 0, model.content().length + 1);
    files.close(HANDLE);
    return content;
  }

  private static List<ListedName> names(ModelFile directory) {
    List<ListedName> names = new ArrayList<>();
    directory.children().forEach((name, child) -> names.add(new ListedName(name, child.type())));
    return names;
  }

  private void expect(TreePath path, Outcome expected, Outcome actual) {
    if (!expected.accepts(actual)) {
      differences.add(path, expected.differenceTo(actual));
    }
  }
}
