package dev.vfo;

/** What setting an extended attribute does when it is there already, or not. */
public enum XattrMode {
  /** Sets it. */
  ANY,
  /** EEXIST when it is there. */
  CREATE,
  /** ENODATA when it is not there. */
  REPLACE
}
