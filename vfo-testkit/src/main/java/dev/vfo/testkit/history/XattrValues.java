package dev.vfo.testkit.history;

import dev.vfo.testkit.model.AccessLists;
import dev.vfo.testkit.model.ModelXattrs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Values of extended attributes that a kernel accepts. */
final class XattrValues {
  /** Revision 2, as it stands in linux/capability.h. */
  private static final int CAPABILITY_REVISION = 0x02000000;

  private static final int CAPABILITY_BYTES = 20;
  private static final int USER = 1000;

  private XattrValues() {}

  /** The bytes of a payload, or of a capability set or an access control list made after it. */
  static byte[] of(String attribute, Payload payload) {
    if (attribute.equals(AccessLists.ACCESS)) {
      return list(payload.fill() * 31 + payload.lengthBytes());
    }
    if (!attribute.equals(ModelXattrs.CAPABILITY)) {
      return payload.bytes();
    }
    ByteBuffer set = ByteBuffer.allocate(CAPABILITY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return set.putInt(CAPABILITY_REVISION).putInt(1 << (payload.fill() & 31)).array();
  }

  private static byte[] list(int seed) {
    int mode = 0600 | (seed & 077);
    return Math.floorMod(seed, 4) == 0
        ? AccessLists.plain(mode)
        : AccessLists.withUser(mode, USER, seed >> 2, seed >> 1);
  }
}
