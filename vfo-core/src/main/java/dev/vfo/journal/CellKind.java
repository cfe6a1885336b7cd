package dev.vfo.journal;

/** The small files that are made of cells. */
enum CellKind {
  FORMAT("format", "VFOFMT", 0),
  ROOT_ID("root-id", "VFOROOT", 2),
  ACKNOWLEDGED("acknowledged", "VFOACK", 1),
  APPLIED("applied", "VFOAPPL", 3),
  ADOPTION("adopting", "VFOADPT", 3);

  private final String file;
  private final long magic;
  private final int fieldCount;

  CellKind(String file, String magic, int fieldCount) {
    this.file = file;
    this.magic = JournalFormat.magic(magic);
    this.fieldCount = fieldCount;
  }

  /** The file's name as messages have it. */
  String file() {
    return file;
  }

  long magic() {
    return magic;
  }

  /** How many numbers of 8 bytes it holds. */
  int fieldCount() {
    return fieldCount;
  }
}
