package dev.vfo.apply;

import dev.vfo.journal.RootId;
import dev.vfo.storage.Storage;

/**
 * Where layers are applied. The descriptors stay open as long as it is used, and belong to whoever
 * opened them.
 *
 * @param storage the way to files
 * @param rootId the root's random name, which plans carry
 * @param rootFd the root directory
 * @param stageFd the folder {@code .vfo/stage}, on the root's file system, open for reading
 * @param fileSystemFd any file or directory of that file system, open for reading before the first
 *     write of this process: only such a descriptor learns that something could not be written
 *     (C10)
 */
public record ApplyTarget(
    Storage storage, RootId rootId, int rootFd, int stageFd, int fileSystemFd) {}
