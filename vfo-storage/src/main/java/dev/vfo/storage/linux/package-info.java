/**
 * The real storage: {@link dev.vfo.storage.linux.LinuxStorage} makes Linux system calls through the
 * foreign function API, with nothing compiled for it. {@code Kernel} is the only class that calls
 * out of Java; each thread has its own, so that no call needs a lock or leaves anything on the
 * heap. No channel is used: an interrupted thread harms nobody.
 */
package dev.vfo.storage.linux;
