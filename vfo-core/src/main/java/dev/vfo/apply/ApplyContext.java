package dev.vfo.apply;

import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** What the phases of one apply share; {@code aside} is there when conflicts are resolved. */
record ApplyContext(
    ApplyTarget target,
    Lock homeLock,
    ApplyObserver observer,
    LayerTree tree,
    LayerContent content,
    Folders folders,
    Directories directories,
    ApplyErrors errors,
    @Nullable Aside aside) {}
