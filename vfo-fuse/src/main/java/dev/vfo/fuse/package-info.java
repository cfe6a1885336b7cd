/**
 * The FUSE door: mounts a tree of the engine, for unmodified programs. Main class: {@link
 * dev.vfo.fuse.FuseMount}.
 */
package dev.vfo.fuse;
