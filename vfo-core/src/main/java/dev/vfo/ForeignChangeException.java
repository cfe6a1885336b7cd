package dev.vfo;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Another program changed something in the root that VFO was about to change. Nothing of it was
 * overwritten. From a checkpoint: nothing was committed, and the step is as it was. Else what VFO
 * had to do is kept, and done as soon as the way is free.
 */
public final class ForeignChangeException extends VfoException {
  private static final long serialVersionUID = 1L;
  private static final int TOLD = 10;

  /** What another program did. */
  public enum Kind {
    /** It changed the content or the attributes of a file. */
    CHANGED("was changed"),
    /** It put something where the step makes something. */
    TAKEN("was made"),
    /** It put something else in the place of a file that the step changes, moves or removes. */
    REPLACED("was replaced"),
    /** It moved or removed what the step changes or moves. */
    MISSING("was moved or removed"),
    /** It put something into a directory that the step removes. */
    NOT_EMPTY("is removed by the step, and something was put into it");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /**
   * One entry that another program changed.
   *
   * @param path which, relative to the root; "." is the root
   * @param kind what was done to it
   */
  public record Conflict(String path, Kind kind) implements Serializable {
    @Override
    public String toString() {
      return path + " " + kind.words;
    }
  }

  private final Conflict[] conflicts;

  /**
   * A finding that has words of its own.
   *
   * @param finding what is wrong, as the end of a sentence that begins with the path
   * @param advice what to do, a whole sentence
   */
  public ForeignChangeException(Conflict conflict, String finding, String advice) {
    super(conflict.path() + " " + finding + ". " + advice);
    this.conflicts = new Conflict[] {conflict};
  }

  /**
   * Several findings.
   *
   * @param conflicts at least one
   * @param when the end of the sentence that lists them
   * @param advice what to do, a whole sentence
   */
  public ForeignChangeException(List<Conflict> conflicts, String when, String advice) {
    super(list(conflicts) + " by another program " + when + ". " + advice);
    this.conflicts = conflicts.toArray(new Conflict[0]);
  }

  private static String list(List<Conflict> conflicts) {
    String told =
        conflicts.stream().limit(TOLD).map(Conflict::toString).collect(Collectors.joining(", "));
    int more = conflicts.size() - TOLD;
    return more > 0 ? told + " and " + more + " more were changed" : told;
  }

  /** Everything that was found, the same entry once; at least one. */
  public List<Conflict> conflicts() {
    return List.of(conflicts);
  }

  /** What was changed, relative to the root: the first of all. */
  public String path() {
    return conflicts[0].path();
  }
}
