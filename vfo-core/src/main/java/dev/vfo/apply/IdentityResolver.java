package dev.vfo.apply;

import dev.vfo.storage.FileIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Knows the home files that earlier layers made: virtual number to identity, as {@link
 * Applier#apply} returned it.
 */
@FunctionalInterface
public interface IdentityResolver {
  /** The home file of an entry, or null when no earlier layer made it. */
  @Nullable FileIdentity identityOf(long number);
}
