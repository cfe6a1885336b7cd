package dev.vfo.cli.job;

/**
 * That a word stands in a document.
 *
 * @param document the document's index
 * @param count how often
 */
public record Posting(int document, int count) {}
