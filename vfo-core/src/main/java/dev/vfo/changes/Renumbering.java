package dev.vfo.changes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Gives the entries of a change set the numbers that they have in another manager. */
public final class Renumbering {
  private final LongUnaryOperator numbers;

  /** By a function from the old number to the new one; it is not asked for {@code NONE}. */
  public Renumbering(LongUnaryOperator numbers) {
    this.numbers = numbers;
  }

  /** The same change, of a layer with this number. */
  public ChangeSet of(ChangeSet changes, long layer) {
    List<EntryChange> entries = new ArrayList<>();
    for (EntryChange entry : changes.entries()) {
      entries.add(of(entry));
    }
    entries.sort(Comparator.comparingLong(EntryChange::number));
    List<NameChange> names = new ArrayList<>();
    for (NameChange name : changes.names()) {
      names.add(
          new NameChange(
              number(name.directory()), name.name(), number(name.before()), number(name.after())));
    }
    return new ChangeSet(layer, number(changes.rootNumber()), entries, names);
  }

  private EntryChange of(EntryChange entry) {
    return new EntryChange(
        number(entry.number()),
        entry.type(),
        entry.identity(),
        entry.created(),
        of(entry.before()),
        entry.fate(),
        entry.attributes(),
        entry.data(),
        entry.symlinkTarget(),
        entry.device(),
        entry.expected());
  }

  private @Nullable Location of(@Nullable Location location) {
    return location == null ? null : new Location(number(location.directory()), location.name());
  }

  private long number(long old) {
    return old == NameChange.NONE ? NameChange.NONE : numbers.applyAsLong(old);
  }
}
