/**
 * The stable storage: an append-only, checksummed redo log of commit records in segments that are
 * used again, with the two small files that go with it. {@code docs/journal-format.md} is the
 * format and the argument for it.
 *
 * <p>The way of a record: {@link dev.vfo.journal.JournalWriter} lays it out ({@link
 * dev.vfo.journal.RecordFormat}), takes room from {@link dev.vfo.journal.SegmentPool}, which has
 * segments made by {@link dev.vfo.journal.SegmentFactory}, and writes it through {@link
 * dev.vfo.journal.SegmentFile}. After a crash {@link dev.vfo.journal.JournalReader} says which
 * records count, and {@link dev.vfo.journal.JournalWriter#resume} goes on behind them. Payloads are
 * opaque here.
 *
 * <p>Threads: one may append while others prepare and retire segments; readers need no lock at all.
 */
package dev.vfo.journal;
