/**
 * Looks at a root from outside, as the commands {@code status}, {@code history} and {@code verify}
 * do: {@link dev.vfo.inspect.RootInspection} reads what is on the disk, takes no lock and changes
 * nothing, whether a manager runs or not. Stateless; any thread.
 */
package dev.vfo.inspect;
