package dev.vfo.testkit;

import org.jspecify.annotations.Nullable;

/**
 * The pages of a file by index, holes left out. {@link #copy} takes constant time: copies share
 * their nodes until one of them changes. For one thread at a time; copies that share nodes may be
 * used by different threads.
 */
final class PageTree {
  private static final int BITS = 5;
  private static final int FANOUT = 1 << BITS;

  /** A node may be changed in place by the tree whose owner it has, and by no other. */
  private static final class Node {
    final Object owner;
    final @Nullable Object[] slots;

    Node(Object owner) {
      this.owner = owner;
      this.slots = new Object[FANOUT];
    }

    Node(Object owner, Node other) {
      this.owner = owner;
      this.slots = other.slots.clone();
    }
  }

  /** Receives a page. */
  @FunctionalInterface
  interface PageVisitor {
    void visit(long index, Page page);
  }

  /** Receives a page that is not the same in two trees. */
  @FunctionalInterface
  interface DifferenceVisitor {
    void visit(long index, Page mine, Page theirs);
  }

  private Object owner;
  private Node root;

  /** Levels of nodes: the tree has room for 32 to the power of this many pages. */
  private int levels;

  PageTree() {
    owner = new Object();
    root = new Node(owner);
    levels = 1;
  }

  private PageTree(Node root, int levels) {
    this.owner = new Object();
    this.root = root;
    this.levels = levels;
  }

  /** A tree with the same pages, that can be changed without changing this one. */
  PageTree copy() {
    owner = new Object();
    return new PageTree(root, levels);
  }

  Page get(long index) {
    if (index >>> (BITS * levels) != 0) {
      return Page.HOLE;
    }
    Node node = root;
    for (int level = levels - 1; level > 0; level--) {
      if (!(node.slots[slot(index, level)] instanceof Node child)) {
        return Page.HOLE;
      }
      node = child;
    }
    return node.slots[slot(index, 0)] instanceof Page page ? page : Page.HOLE;
  }

  private static int slot(long index, int level) {
    return (int) (index >>> (BITS * level)) & (FANOUT - 1);
  }

  void set(long index, Page page) {
    if (page == Page.HOLE && get(index) == Page.HOLE) {
      return;
    }
    while (index >>> (BITS * levels) != 0) {
      Node higher = new Node(owner);
      higher.slots[0] = root;
      root = higher;
      levels++;
    }
    root = owned(root);
    Node node = root;
    for (int level = levels - 1; level > 0; level--) {
      int slot = slot(index, level);
      Node child = node.slots[slot] instanceof Node old ? owned(old) : new Node(owner);
      node.slots[slot] = child;
      node = child;
    }
    node.slots[slot(index, 0)] = page == Page.HOLE ? null : page;
  }

  @SuppressWarnings("ReferenceEquality") // an owner is an identity and nothing else
  private Node owned(Node node) {
    return node.owner == owner ? node : new Node(owner, node);
  }

  /**
   * Visits the pages that are no holes from an index on, in ascending order. Not to be changed
   * meanwhile.
   */
  void forEachFrom(long first, PageVisitor visitor) {
    if (first >>> (BITS * levels) == 0) {
      visit(root, levels - 1, 0, first, visitor);
    }
  }

  private static void visit(Node node, int level, long base, long first, PageVisitor visitor) {
    for (int i = 0; i < FANOUT; i++) {
      long start = base + ((long) i << (BITS * level));
      long end = start + (1L << (BITS * level));
      if (end <= first) {
        continue;
      }
      if (node.slots[i] instanceof Node child) {
        visit(child, level - 1, start, first, visitor);
      } else if (node.slots[i] instanceof Page page) {
        visitor.visit(start, page);
      }
    }
  }

  /** The first index from {@code from} on that holds data (no hole, not only reserved), or -1. */
  long nextData(long from) {
    return from >>> (BITS * levels) == 0 ? nextData(root, levels - 1, 0, from) : -1;
  }

  private static long nextData(Node node, int level, long base, long from) {
    for (int i = 0; i < FANOUT; i++) {
      long start = base + ((long) i << (BITS * level));
      long end = start + (1L << (BITS * level));
      if (end <= from) {
        continue;
      }
      if (node.slots[i] instanceof Node child) {
        long found = nextData(child, level - 1, start, from);
        if (found >= 0) {
          return found;
        }
      } else if (node.slots[i] instanceof Page page && page.isData()) {
        return start;
      }
    }
    return -1;
  }

  /** Whether two trees are the same by sharing all nodes; never true for trees that differ. */
  boolean isSame(PageTree other) {
    return root == other.root;
  }

  /**
   * Visits the pages that are not the same object in both trees, in ascending order. Neither may be
   * changed meanwhile.
   */
  void forEachDifference(PageTree other, DifferenceVisitor visitor) {
    Node mine = root;
    Node theirs = other.root;
    int height = Math.max(levels, other.levels);
    for (int level = levels; level < height; level++) {
      mine = above(mine);
    }
    for (int level = other.levels; level < height; level++) {
      theirs = above(theirs);
    }
    compare(mine, theirs, height - 1, 0, visitor);
  }

  private static Node above(Node node) {
    Node higher = new Node(node.owner);
    higher.slots[0] = node;
    return higher;
  }

  @SuppressWarnings("ReferenceEquality") // shared nodes and pages are what it is about
  private static void compare(
      @Nullable Node mine, @Nullable Node theirs, int level, long base, DifferenceVisitor visitor) {
    for (int i = 0; i < FANOUT; i++) {
      Object first = mine == null ? null : mine.slots[i];
      Object second = theirs == null ? null : theirs.slots[i];
      if (first == second) {
        continue;
      }
      long start = base + ((long) i << (BITS * level));
      if (level > 0) {
        compare((Node) first, (Node) second, level - 1, start, visitor);
      } else {
        visitor.visit(start, pageOf(first), pageOf(second));
      }
    }
  }

  private static Page pageOf(@Nullable Object slot) {
    return slot instanceof Page page ? page : Page.HOLE;
  }
}
