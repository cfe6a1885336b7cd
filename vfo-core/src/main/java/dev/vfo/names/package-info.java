/**
 * The namespace: which name stands for which file entry, in the layers and in home. {@link
 * dev.vfo.names.Namespace} has the operations of a POSIX tree by (directory, name); {@link
 * dev.vfo.names.NameLookup} finds and lists. All of it is guarded by one lock, which lookups share.
 */
package dev.vfo.names;
