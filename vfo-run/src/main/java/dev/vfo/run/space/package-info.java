/**
 * Where a job's programs live: a mount namespace in which the managed tree lies over its own root,
 * so that paths are the same as outside. Main class: {@link dev.vfo.run.space.MountSpace}.
 */
package dev.vfo.run.space;
