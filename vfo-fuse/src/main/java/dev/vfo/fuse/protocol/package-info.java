/**
 * The kernel's FUSE protocol, version 7, as bytes: opcodes, flags, and where each field stands. The
 * layouts are those of {@code include/uapi/linux/fuse.h}. Main classes: {@link
 * dev.vfo.fuse.protocol.Request} and {@link dev.vfo.fuse.protocol.Reply}. One thread at a time uses
 * a request or a reply.
 */
package dev.vfo.fuse.protocol;
