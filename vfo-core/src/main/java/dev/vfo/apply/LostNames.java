package dev.vfo.apply;

import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Names under which the last checkpoint has files that were given up to other programs: what is
 * found there is not the checkpoint's, and nobody may take it for that. One thread.
 */
public final class LostNames {
  /**
   * A name in a directory at home.
   *
   * @param directory the directory's home file
   */
  record Place(FileIdentity directory, Name name) {}

  /** What may be found there all the same: the directory that the checkpoint has there. */
  private final Map<Place, Optional<FileIdentity>> places = new HashMap<>();

  void add(Place place, Optional<FileIdentity> directory) {
    places.put(place, directory);
  }

  Map<Place, Optional<FileIdentity>> places() {
    return places;
  }

  /** Takes over names of which nothing is known here. */
  void addMissing(LostNames older) {
    older.places.forEach(places::putIfAbsent);
  }

  int size() {
    return places.size();
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return places.isEmpty();
  }

  /**
   * Whether what is found under a name is another program's.
   *
   * @param found its home file
   */
  public boolean isLost(FileIdentity directory, Name name, FileIdentity found) {
    Optional<FileIdentity> expected = places.get(new Place(directory, name));
    return expected != null && !expected.equals(Optional.of(found));
  }
}
