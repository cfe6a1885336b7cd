package dev.vfo.testkit;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * What a file has beside content and names. Immutable.
 *
 * @param mode permission bits
 * @param xattrs extended attributes, not to be changed
 */
record Attributes(
    int mode,
    int uid,
    int gid,
    long accessNanos,
    long modifyNanos,
    long changeNanos,
    SortedMap<String, byte[]> xattrs) {

  /** Those of a file that is made now. */
  static Attributes of(int mode, int uid, int gid, long now) {
    return new Attributes(mode, uid, gid, now, now, now, new TreeMap<>());
  }

  /** As they are before the mode is set that the maker asked for: with a usual umask applied. */
  Attributes masked(boolean directory) {
    int kept = mode & ~0022 & (directory ? 01777 : 07777);
    return kept == mode
        ? this
        : new Attributes(kept, uid, gid, accessNanos, modifyNanos, changeNanos, xattrs);
  }

  Attributes withMode(int newMode, long now) {
    return new Attributes(newMode, uid, gid, accessNanos, modifyNanos, now, xattrs);
  }

  Attributes withOwner(int newUid, int newGid, int newMode, long now) {
    return new Attributes(newMode, newUid, newGid, accessNanos, modifyNanos, now, xattrs);
  }

  Attributes withTimes(long access, long modify, long now) {
    return new Attributes(mode, uid, gid, access, modify, now, xattrs);
  }

  Attributes accessed(long now) {
    return new Attributes(mode, uid, gid, now, modifyNanos, changeNanos, xattrs);
  }

  Attributes modified(long now) {
    return new Attributes(mode, uid, gid, accessNanos, now, now, xattrs);
  }

  Attributes changed(long now) {
    return new Attributes(mode, uid, gid, accessNanos, modifyNanos, now, xattrs);
  }

  Attributes withXattr(String name, byte[] value, long now) {
    SortedMap<String, byte[]> copy = new TreeMap<>(xattrs);
    copy.put(name, value.clone());
    return withXattrs(copy, now);
  }

  Attributes withoutXattr(String name, long now) {
    SortedMap<String, byte[]> copy = new TreeMap<>(xattrs);
    copy.remove(name);
    return withXattrs(copy, now);
  }

  private Attributes withXattrs(SortedMap<String, byte[]> newXattrs, long now) {
    return new Attributes(mode, uid, gid, accessNanos, modifyNanos, now, newXattrs);
  }

  int xattrBytes() {
    int sum = 0;
    for (var entry : xattrs.entrySet()) {
      sum += entry.getKey().length() + entry.getValue().length + 16;
    }
    return sum;
  }

  /** Each of them from here or, where {@code choice} says so, from {@code other}. */
  Attributes mixedWith(Attributes other, BooleanSupplier choice) {
    boolean owner = choice.getAsBoolean();
    return new Attributes(
        choice.getAsBoolean() ? other.mode : mode,
        owner ? other.uid : uid,
        owner ? other.gid : gid,
        choice.getAsBoolean() ? other.accessNanos : accessNanos,
        choice.getAsBoolean() ? other.modifyNanos : modifyNanos,
        choice.getAsBoolean() ? other.changeNanos : changeNanos,
        mixedXattrs(other, choice));
  }

  private SortedMap<String, byte[]> mixedXattrs(Attributes other, BooleanSupplier choice) {
    if (xattrs.equals(other.xattrs)) {
      return xattrs;
    }
    SortedMap<String, byte[]> mixed = new TreeMap<>();
    TreeSet<String> names = new TreeSet<>(xattrs.keySet());
    names.addAll(other.xattrs.keySet());
    for (String name : names) {
      byte[] mine = xattrs.get(name);
      byte[] theirs = other.xattrs.get(name);
      byte[] chosen = Arrays.equals(mine, theirs) || !choice.getAsBoolean() ? mine : theirs;
      if (chosen != null) {
        mixed.put(name, chosen);
      }
    }
    return mixed;
  }
}
