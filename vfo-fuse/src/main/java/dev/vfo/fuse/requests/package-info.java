/**
 * What FUSE requests do with the engine's entries. Main class: {@link
 * dev.vfo.fuse.requests.Requests}, which gives each opcode to the class that serves its kind. A
 * node that the kernel remembers is an entry that is pinned as often as the kernel was told of it.
 * Thread safe, all of it.
 */
package dev.vfo.fuse.requests;
