package dev.vfo;

/**
 * Another program changed something in the root that VFO was about to change. Nothing of it was
 * overwritten; what VFO had to do is kept and done as soon as the way is free.
 */
public final class ForeignChangeException extends VfoException {
  private static final long serialVersionUID = 1L;

  private final String path;

  /**
   * @param path what was changed, relative to the root
   * @param finding what is wrong with it, as the end of a sentence that begins with the path
   * @param advice what to do, a whole sentence
   */
  public ForeignChangeException(String path, String finding, String advice) {
    super(path + " " + finding + ". " + advice);
    this.path = path;
  }

  /** What was changed, relative to the root. */
  public String path() {
    return path;
  }
}
