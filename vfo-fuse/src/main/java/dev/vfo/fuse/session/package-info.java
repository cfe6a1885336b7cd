/**
 * Threads that read requests and send answers, whatever these are about. Main class: {@link
 * dev.vfo.fuse.session.Session}. One thread at a time waits for a request; it serves what it got
 * itself, and passes the reading on only before what may take long.
 */
package dev.vfo.fuse.session;
