package dev.vfo;

/** A file of VFO that a newer version of VFO wrote. Nothing was changed on disk. */
public final class NewerFormatException extends VfoException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final int version;

  /**
   * @param file the file, relative to the control folder {@code .vfo}
   * @param version its format version
   * @param supportedVersion the newest one that this VFO knows
   */
  public NewerFormatException(String file, int version, int supportedVersion) {
    super(
        (".vfo/%s has format version %d, this VFO knows versions up to %d."
                + " Nothing was changed; use a newer VFO.")
            .formatted(file, version, supportedVersion));
    this.file = file;
    this.version = version;
  }

  /** The file, relative to the control folder {@code .vfo}. */
  public String file() {
    return file;
  }

  /** Its format version. */
  public int version() {
    return version;
  }
}
