/**
 * What storage and engine are tested with. {@link dev.vfo.testkit.SimulatedStorage} is a disk in
 * memory that loses after a crash what C1.. allow it to lose, and fails where {@link
 * dev.vfo.testkit.Faults} say so; {@link dev.vfo.testkit.TreeImage} compares trees on any storage;
 * {@link dev.vfo.testkit.StorageContract} is what every storage must pass. The storage is safe for
 * use by many threads, the rest is for one.
 */
package dev.vfo.testkit;
