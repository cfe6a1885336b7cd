package dev.vfo.testkit;

/**
 * How far the damage goes of a 512-byte sector that was being written when the power failed (C5).
 */
public enum Tearing {
  /** Only to the bytes that were written: others in the sector that had been synced stay (C9). */
  WRITTEN_BYTES,
  /** To the whole sector, with synced bytes beside the written ones. */
  WHOLE_SECTORS,
  /** There is none: a sector is the old one or the new one. */
  NONE
}
