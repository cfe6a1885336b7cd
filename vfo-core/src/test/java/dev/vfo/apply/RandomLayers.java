package dev.vfo.apply;

import dev.vfo.apply.ModelTree.Node;
import dev.vfo.apply.ModelTree.Place;
import dev.vfo.storage.FileType;
import dev.vfo.storage.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes trees and steps on them from a seed; few names, so that they meet. */
final class RandomLayers {
  private static final int MAX_CONTENT = 9000;

  private final Random random;
  private final int names;

  RandomLayers(long seed) {
    random = new Random(seed);
    names = 2 + random.nextInt(5);
  }

  /** A tree to begin with; its numbers are not those that its files will get. */
  ModelTree tree(int size) {
    ModelTree tree = new ModelTree(1);
    LayerDraft draft = new LayerDraft(0, tree, Map.of());
    for (int i = 0; i < size; i++) {
      make(draft);
      if (random.nextInt(4) == 0) {
        link(draft);
      }
    }
    return draft.now;
  }

  /** Some operations. */
  void change(LayerDraft draft, int count) {
    for (int i = 0; i < count; i++) {
      change(draft);
    }
  }

  private void change(LayerDraft draft) {
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> make(draft);
      case 3, 4, 5, 6 -> rename(draft);
      case 7 -> exchange(draft);
      case 8 -> turnOver(draft);
      case 9, 10 -> link(draft);
      case 11, 12 -> remove(draft);
      case 13 -> rotate(draft);
      case 14, 15, 16 -> write(draft);
      case 17 -> hold(draft);
      case 18 -> attributes(draft);
      default -> replace(draft);
    }
  }

  private Name name() {
    return Name.of(String.valueOf((char) ('a' + random.nextInt(names))));
  }

  private Node directory(LayerDraft draft) {
    List<Node> directories = new ArrayList<>();
    for (Node node : draft.now.nodes()) {
      if (node.isDirectory() && !draft.now.orphans.containsKey(node.number)) {
        directories.add(node);
      }
    }
    return directories.get(random.nextInt(directories.size()));
  }

  private Place anywhere(LayerDraft draft) {
    return new Place(directory(draft), name());
  }

  /** A name that is taken, or null. */
  private Place taken(LayerDraft draft) {
    List<Place> places = new ArrayList<>();
    draft.now.places().values().forEach(places::addAll);
    return places.isEmpty() ? null : places.get(random.nextInt(places.size()));
  }

  private void make(LayerDraft draft) {
    Place place = anywhere(draft);
    switch (random.nextInt(6)) {
      case 0, 1 -> draft.create(place, FileType.DIRECTORY);
      case 2 -> {
        if (random.nextInt(3) == 0) {
          draft.create(place, random.nextBoolean() ? FileType.FIFO : FileType.SYMLINK).content =
              new byte[] {'x'};
        }
      }
      default -> draft.file(place, bytes(random.nextInt(20) == 0 ? MAX_CONTENT : 30));
    }
    Node node = draft.at(place);
    if (node != null && node.type == FileType.FIFO) {
      node.content = new byte[0];
    }
  }

  private byte[] bytes(int max) {
    byte[] bytes = new byte[random.nextInt(max)];
    random.nextBytes(bytes);
    return bytes;
  }

  private void rename(LayerDraft draft) {
    Place from = taken(draft);
    Place to = anywhere(draft);
    if (from != null && !ModelTree.isIn(to.directory(), draft.at(from))) {
      draft.rename(from, to);
    }
  }

  private void exchange(LayerDraft draft) {
    Place a = taken(draft);
    Place b = taken(draft);
    if (a != null
        && !ModelTree.isIn(b.directory(), draft.at(a))
        && !ModelTree.isIn(a.directory(), draft.at(b))) {
      draft.exchange(a, b);
    }
  }

  private void turnOver(LayerDraft draft) {
    Place outer = taken(draft);
    if (outer != null && draft.at(outer).isDirectory()) {
      for (Name name : draft.at(outer).children.keySet()) {
        if (draft.at(outer).children.get(name).isDirectory()) {
          draft.turnOver(outer, name);
          return;
        }
      }
    }
  }

  /** As logs are rotated: a to b to c. */
  private void rotate(LayerDraft draft) {
    Node directory = directory(draft);
    List<Name> there = new ArrayList<>(directory.children.keySet());
    for (int i = there.size() - 1; i > 0; i--) {
      draft.rename(new Place(directory, there.get(i - 1)), new Place(directory, there.get(i)));
    }
    if (!there.isEmpty() && random.nextBoolean()) {
      draft.file(new Place(directory, there.getFirst()), bytes(10));
    }
  }

  private void link(LayerDraft draft) {
    Place from = taken(draft);
    if (from != null && !draft.at(from).isDirectory()) {
      draft.link(from, anywhere(draft));
    }
  }

  private void remove(LayerDraft draft) {
    Place place = taken(draft);
    if (place != null) {
      draft.remove(place);
    }
  }

  /** As editors save: a new file in the place of the old one. */
  private void replace(LayerDraft draft) {
    Place place = taken(draft);
    if (place != null) {
      Place aside = anywhere(draft);
      if (!ModelTree.isIn(aside.directory(), draft.at(place))) {
        draft.file(aside, bytes(20));
        // The new file may have taken the place of a directory that the old one was in.
        boolean there = draft.now.nodes().contains(place.directory());
        if (there && !ModelTree.isIn(place.directory(), draft.at(aside))) {
          draft.rename(aside, place);
        }
      }
    }
  }

  private void hold(LayerDraft draft) {
    if (!draft.now.orphans.isEmpty() && random.nextInt(3) == 0) {
      draft.close(draft.now.orphans.keySet().iterator().next());
      return;
    }
    Place place = taken(draft);
    if (place != null) {
      draft.hold(draft.at(place));
      if (random.nextBoolean()) {
        draft.remove(place);
      }
    }
  }

  private void write(LayerDraft draft) {
    List<Node> files = new ArrayList<>();
    for (Node node : draft.now.nodes()) {
      if (node.type == FileType.REGULAR) {
        files.add(node);
      }
    }
    if (files.isEmpty()) {
      return;
    }
    Node file = files.get(random.nextInt(files.size()));
    int size = file.content.length;
    switch (random.nextInt(4)) {
      case 0 -> draft.truncate(file, random.nextInt(size + 20));
      case 1 -> draft.write(file, size, bytes(30));
      default -> draft.write(file, random.nextInt(size + 1200), bytes(60));
    }
  }

  private void attributes(LayerDraft draft) {
    List<Node> nodes = new ArrayList<>(draft.now.nodes());
    Node node = nodes.get(random.nextInt(nodes.size()));
    if (node.type != FileType.SYMLINK) {
      node.mode = random.nextInt(01000);
    }
    if (random.nextBoolean()) {
      node.uid = random.nextInt(3);
      node.gid = random.nextInt(3);
    }
    if (random.nextBoolean()) {
      node.modifyNanos = random.nextInt();
    }
  }
}
