package dev.vfo.apply;

import java.util.concurrent.locks.Lock;

/** What the phases of one apply share. */
record ApplyContext(
    ApplyTarget target,
    Lock homeLock,
    ApplyObserver observer,
    LayerTree tree,
    Folders folders,
    Directories directories,
    ApplyErrors errors) {}
