package dev.vfo.testkit.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A path inside a tree: the names from the root down, none for the root itself. Its text form, such
 * as {@code /a/b}, has \xNN for every byte that is not a letter, a digit or one of {@code ._+-},
 * and {@code a{40}} for 40 times 'a', so that it can be read back. Immutable.
 *
 * @param names the components
 */
public record TreePath(List<Name> names) implements Comparable<TreePath> {
  /** The root of the tree. */
  public static final TreePath ROOT = new TreePath(List.of());

  /** From so many equal characters on the text form counts them. */
  private static final int LONG_RUN = 20;

  /** Copies the list. */
  public TreePath {
    names = List.copyOf(names);
  }

  /** Reads the text form; IllegalArgumentException when it is none. */
  public static TreePath of(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("not a path: " + text);
    }
    List<Name> names = new ArrayList<>();
    if (text.length() > 1) {
      for (String part : text.substring(1).split("/", -1)) {
        names.add(nameOf(part));
      }
    }
    return new TreePath(names);
  }

  private static Name nameOf(String part) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < part.length(); i++) {
      if (part.startsWith("\\x", i) && i + 4 <= part.length()) {
        bytes.write(HexFormat.fromHexDigits(part, i + 2, i + 4));
        i += 3;
      } else if (part.charAt(i) == '{' && i > 0) {
        int end = part.indexOf('}', i);
        int times = Integer.parseInt(part.substring(i + 1, end));
        bytes.writeBytes(part.substring(i - 1, i).repeat(times - 1).getBytes(ISO_8859_1));
        i = end;
      } else {
        bytes.write(part.charAt(i));
      }
    }
    try {
      return Name.of(bytes.toByteArray());
    } catch (StorageException e) {
      throw new IllegalArgumentException("not a name: " + part, e);
    }
  }

  /** Whether it is the root of the tree. */
  public boolean isRoot() {
    return names.isEmpty();
  }

  /** The directory that it lies in; not for the root. */
  public TreePath parent() {
    return new TreePath(names.subList(0, names.size() - 1));
  }

  /** The last component; not for the root. */
  public Name name() {
    return names.getLast();
  }

  /** This path and one name more. */
  public TreePath child(Name name) {
    List<Name> longer = new ArrayList<>(names);
    longer.add(name);
    return new TreePath(longer);
  }

  /** Whether {@code ancestor} is this path or one above it. */
  public boolean startsWith(TreePath ancestor) {
    return names.size() >= ancestor.names.size()
        && names.subList(0, ancestor.names.size()).equals(ancestor.names);
  }

  @Override
  public int compareTo(TreePath other) {
    int common = Math.min(names.size(), other.names.size());
    for (int i = 0; i < common; i++) {
      int order = names.get(i).compareTo(other.names.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(names.size(), other.names.size());
  }

  @Override
  public String toString() {
    if (isRoot()) {
      return "/";
    }
    StringBuilder text = new StringBuilder();
    for (Name name : names) {
      text.append('/');
      append(text, name.bytes());
    }
    return text.toString();
  }

  private static void append(StringBuilder text, byte[] bytes) {
    String plain = new String(bytes, ISO_8859_1);
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      if (!isPlain(c)) {
        text.append("\\x").append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
        continue;
      }
      int end = i;
      while (end < plain.length() && plain.charAt(end) == c) {
        end++;
      }
      text.append(c);
      if (end - i >= LONG_RUN) {
        text.append('{').append(end - i).append('}');
        i = end - 1;
      }
    }
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "._+-".indexOf(c) >= 0;
  }
}
