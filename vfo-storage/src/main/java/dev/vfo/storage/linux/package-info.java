/**
 * The real storage: {@link dev.vfo.storage.linux.LinuxStorage} makes Linux system calls through the
 * foreign function API, with nothing compiled for it. {@code Kernel} is the only class that calls
 * out of Java; each thread has its own, so that calls need no lock, and reads and writes leave
 * nothing on the heap once they are compiled. No channel is used: an interrupted thread harms
 * nobody.
 */
package dev.vfo.storage.linux;
