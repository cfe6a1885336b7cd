package dev.vfo.apply;

import dev.vfo.storage.Name;
import java.util.HexFormat;
import java.util.OptionalLong;

/** What is called how in the folder {@code .vfo/stage}. */
public final class StageNames {
  /**
   * The folder of the orphans: home files without a name that a checkpoint's descriptors still
   * refer to.
   */
  public static final Name ORPHANS = Name.of("orphans");

  private static final String SPILL_SUFFIX = ".spill";
  private static final String PLAN_SUFFIX = ".plan";
  private static final String NEW_PLAN_SUFFIX = ".plan.new";
  private static final String LINK_PREFIX = "link-";
  private static final HexFormat HEX = HexFormat.of();
  private static final int DIGITS = 16;

  private StageNames() {}

  /** The folder of a layer that is being applied. */
  public static Name folder(long layer) {
    return Name.of(HEX.toHexDigits(layer));
  }

  /** The home file of an entry, in a layer's folder or among the orphans. */
  public static Name object(long number) {
    return Name.of(HEX.toHexDigits(number));
  }

  /** The plan of a layer. */
  public static Name plan(long layer) {
    return Name.of(HEX.toHexDigits(layer) + PLAN_SUFFIX);
  }

  /** The blocks of a layer that had to leave memory. */
  public static Name spill(long layer) {
    return Name.of(HEX.toHexDigits(layer) + SPILL_SUFFIX);
  }

  /** A plan that is being written. */
  static Name newPlan(long layer) {
    return Name.of(HEX.toHexDigits(layer) + NEW_PLAN_SUFFIX);
  }

  /** A second name of an entry on its way to a place that is taken. */
  static Name link(long number) {
    return Name.of(LINK_PREFIX + HEX.toHexDigits(number));
  }

  /** The number in the name of a folder or object. */
  static OptionalLong number(Name name) {
    return parse(name.toString(), "");
  }

  /** The layer in the name of a plan. */
  static OptionalLong layerOfPlan(Name name) {
    return parse(name.toString(), PLAN_SUFFIX);
  }

  /** The layer in the name of a plan that was never finished. */
  static OptionalLong layerOfNewPlan(Name name) {
    return parse(name.toString(), NEW_PLAN_SUFFIX);
  }

  /** The layer in the name of a spill file. */
  static OptionalLong layerOfSpill(Name name) {
    return parse(name.toString(), SPILL_SUFFIX);
  }

  private static OptionalLong parse(String text, String suffix) {
    if (text.length() != DIGITS + suffix.length() || !text.endsWith(suffix)) {
      return OptionalLong.empty();
    }
    for (int i = 0; i < DIGITS; i++) {
      char c = text.charAt(i);
      if (!HexFormat.isHexDigit(c) || Character.isUpperCase(c)) {
        return OptionalLong.empty();
      }
    }
    return OptionalLong.of(HexFormat.fromHexDigitsToLong(text, 0, DIGITS));
  }
}
