package dev.vfo.apply;

import dev.vfo.VfoException;
import dev.vfo.apply.LostNames.Place;
import dev.vfo.apply.LostNamesFile.Content;
import dev.vfo.changes.ChangeSet;
import dev.vfo.changes.EntryChange;
import dev.vfo.changes.EntryChange.Fate;
import dev.vfo.changes.Location;
import dev.vfo.storage.FileIdentity;
import dev.vfo.storage.Name;
import dev.vfo.storage.StorageException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What layers have given up to other programs, as far as plans are there that tell it. One thread.
 */
public final class GivenUp {
  /**
   * What a layer has given up.
   *
   * @param entries their numbers
   * @param newestLayer the newest layer that was made without knowing of it; 0 when nothing is
   *     given up
   */
  record OfLayer(Set<Long> entries, long newestLayer) {
    static final OfLayer NOTHING = new OfLayer(Set.of(), 0);
  }

  private final ApplyTarget target;
  private final NavigableMap<Long, OfLayer> byLayer = new TreeMap<>();
  private final List<String> paths = new ArrayList<>();
  private final LostNames lost = new LostNames();

  /** What stands in the file. */
  private Optional<Content> known = Optional.empty();

  GivenUp(ApplyTarget target) {
    this.target = target;
  }

  /** Takes note of what a layer gives up; nothing is nothing to note. */
  void add(long layer, OfLayer given) {
    if (!given.entries().isEmpty()) {
      byLayer.putIfAbsent(layer, given);
    }
  }

  private void addNames(LayerTree whole) {
    for (long number : of(whole.changes.layer()).entries()) {
      Entry entry = whole.entry(number);
      paths.add(whole.path(entry));
      Location before = entry.change.before();
      if (before != null && !entry.hasNameChanged()) {
        addLost(whole.entry(before.directory()), before.name(), entry);
      }
    }
    for (Slot slot : whole.changedSlots()) {
      if (isGivenUp(whole, slot.before) || isGivenUp(whole, slot.after)) {
        addLost(slot.directory, slot.name, slot.after);
      }
    }
  }

  private boolean isGivenUp(LayerTree whole, @Nullable Entry entry) {
    return entry != null && of(whole.changes.layer()).entries().contains(entry.number());
  }

  // In a directory that was not made nothing is found.
  private void addLost(Entry directory, Name name, @Nullable Entry after) {
    FileIdentity home = directory.identity();
    if (home != null) {
      FileIdentity stays =
          after != null && after.isDirectory() && after.is(Fate.ALIVE) ? after.identity() : null;
      lost.add(new Place(home, name), Optional.ofNullable(stays));
    }
  }

  /** What a layer has given up. */
  OfLayer of(long layer) {
    return byLayer.getOrDefault(layer, OfLayer.NOTHING);
  }

  /** The entries that older layers have given up, and that a layer takes for theirs. */
  Set<Long> before(long layer) {
    Set<Long> all = new HashSet<>();
    for (Map.Entry<Long, OfLayer> each : byLayer.headMap(layer, false).entrySet()) {
      if (layer <= each.getValue().newestLayer()) {
        all.addAll(each.getValue().entries());
      }
    }
    return all;
  }

  /** Whether a layer, or an older one that it builds on, has given up something. */
  public boolean concerns(long layer) {
    return !of(layer).entries().isEmpty() || !before(layer).isEmpty();
  }

  /** Paths within the root of what applied layers have given up; in order, each once. */
  public List<String> paths() {
    return paths.stream().distinct().sorted().toList();
  }

  /**
   * Takes note of the names of what a layer has given up, if anything, of one that is applied.
   *
   * @param changes the layer's change set, as it stands in the journal
   * @param earlier the home files that earlier layers made
   * @throws dev.vfo.CorruptJournalException when the plan is gone that knows one of its home files
   */
  public void addApplied(ChangeSet changes, IdentityResolver earlier) throws VfoException {
    if (!of(changes.layer()).entries().isEmpty()) {
      addNames(new LayerTree(changes, earlier, before(changes.layer())));
    }
  }

  /**
   * The first entry of a layer that builds on what an older layer has given up to another program,
   * as far as plans tell.
   *
   * @param made the home files that earlier layers made
   */
  public Optional<EntryChange> builtOn(ChangeSet changes, IdentityResolver made) {
    Set<Long> before = before(changes.layer());
    Set<Long> named = new HashSet<>();
    changes.names().forEach(name -> named.addAll(List.of(name.before(), name.after())));
    return changes.entries().stream()
        .filter(entry -> before.contains(entry.number()))
        .filter(entry ->
            named.contains(entry.number())
                || !entry.isLeftAsItIs()
                || (entry.identity() == null && made.identityOf(entry.number()) == null))
        .findFirst();
  }

  /**
   * Reads which names were lost before; changes nothing.
   *
   * @throws dev.vfo.CorruptJournalException when the file that tells it is damaged
   * @throws dev.vfo.NewerFormatException when a newer VFO wrote it
   */
  void read() throws StorageException, VfoException {
    known = new LostNamesFile(target).read();
  }

  /**
   * Makes durable which names lead to other programs' files, if layers have given up something:
   * before the plans that tell it are removed.
   *
   * @param newestRecord the newest record that is there, and can name them
   */
  public void keepLostNames(long newestRecord) throws StorageException {
    known.map(Content::names).ifPresent(lost::addMissing);
    boolean isNew = known.isEmpty() ? !byLayer.isEmpty() : known.get().names().size() < lost.size();
    if (isNew) {
      Content content = new Content(newestRecord, lost);
      new LostNamesFile(target).write(content);
      known = Optional.of(content);
    }
  }

  /**
   * Forgets the names that were lost, if that was before the last checkpoint.
   *
   * @param stateRecord the record that has the last checkpoint's descriptors
   */
  public void forgetBefore(long stateRecord) throws StorageException {
    if (known.isPresent() && known.get().newestRecord() < stateRecord) {
      new LostNamesFile(target).remove();
      known = Optional.empty();
    }
  }

  /**
   * The names that lead to other programs' files instead of the last checkpoint's; empty when
   * nothing was given up, or not all is applied yet.
   */
  public Optional<LostNames> lostNames() {
    return known.map(Content::names);
  }
}
