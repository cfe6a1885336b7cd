/**
 * What files should do: {@link dev.vfo.testkit.model.FileModel} is a file system so simple that it
 * is right by reading it (and by comparing it with a kernel); {@link
 * dev.vfo.testkit.model.TreeCalls} is the set of calls that it, a plain directory ({@link
 * dev.vfo.testkit.model.PlainFiles}) and an engine have in common. Nothing here is thread safe.
 */
package dev.vfo.testkit.model;
