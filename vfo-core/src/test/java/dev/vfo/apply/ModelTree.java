package dev.vfo.apply;

import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A tree as it ought to be: a map of files, with nothing of how it comes about. */
final class ModelTree {
  /** A file. */
  static final class Node {
    final long number;
    final FileType type;
    byte[] content = new byte[0];
    int mode;
    int uid;
    int gid;
    long modifyNanos;

    /** Of a directory. */
    final Map<Name, Node> children = new TreeMap<>();

    Node(long number, FileType type) {
      this.number = number;
      this.type = type;
    }

    boolean isDirectory() {
      return type == FileType.DIRECTORY;
    }
  }

  /** A name in a directory. */
  record Place(Node directory, Name name) {}

  final Node root;

  /** Files without a name that are kept. */
  final Map<Long, Node> orphans = new LinkedHashMap<>();

  ModelTree(long rootNumber) {
    root = new Node(rootNumber, FileType.DIRECTORY);
    root.mode = 0755;
  }

  private ModelTree(Node root) {
    this.root = root;
  }

  /** A copy that shares nothing with this one. */
  ModelTree copy() {
    Map<Long, Node> copies = new LinkedHashMap<>();
    for (Node node : nodes()) {
      Node copy = new Node(node.number, node.type);
      copy.content = node.content.clone();
      copy.mode = node.mode;
      copy.uid = node.uid;
      copy.gid = node.gid;
      copy.modifyNanos = node.modifyNanos;
      copies.put(node.number, copy);
    }
    for (Node node : nodes()) {
      node.children.forEach(
          (name, child) -> copies.get(node.number).children.put(name, copies.get(child.number)));
    }
    ModelTree tree = new ModelTree(copies.get(root.number));
    orphans.keySet().forEach(number -> tree.orphans.put(number, copies.get(number)));
    return tree;
  }

  /** All files, each once, directories before what is in them; orphans last. */
  Set<Node> nodes() {
    Set<Node> found = new LinkedHashSet<>();
    Deque<Node> open = new ArrayDeque<>();
    open.add(root);
    open.addAll(orphans.values());
    while (!open.isEmpty()) {
      Node node = open.remove();
      if (found.add(node)) {
        open.addAll(node.children.values());
      }
    }
    return found;
  }

  /** All names, by the number of the file. */
  Map<Long, Set<Place>> places() {
    Map<Long, Set<Place>> places = new LinkedHashMap<>();
    for (Node node : nodes()) {
      node.children.forEach((name, child) ->
          places
              .computeIfAbsent(child.number, key -> new LinkedHashSet<>())
              .add(new Place(node, name)));
    }
    return places;
  }

  /** Whether a file is the other one or lies somewhere in it. */
  static boolean isIn(Node node, Node directory) {
    Deque<Node> open = new ArrayDeque<>();
    open.add(directory);
    while (!open.isEmpty()) {
      Node at = open.remove();
      if (at == node) {
        return true;
      }
      open.addAll(at.children.values());
    }
    return false;
  }
}
