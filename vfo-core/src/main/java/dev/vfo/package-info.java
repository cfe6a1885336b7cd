/**
 * Files that are part of a checkpoint: {@link dev.vfo.VirtualFileManager} opens a directory, and
 * what is done through its {@link dev.vfo.FileTree} reaches the disk as a whole, together with the
 * program's state, or not at all. All classes are safe for use by many threads, unless they say
 * something else.
 */
package dev.vfo;
