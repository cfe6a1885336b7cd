/**
 * The only way to files: {@link dev.vfo.storage.Storage} is a small POSIX-like interface with
 * byte-string names and integer descriptors. The real one is {@code
 * dev.vfo.storage.linux.LinuxStorage}; the test kit has a simulated one. Implementations are safe
 * for use by many threads.
 */
package dev.vfo.storage;
