package dev.vfo.testkit.history;

import dev.vfo.testkit.model.FileModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Values of extended attributes that a kernel accepts. */
final class XattrValues {
  /** Revision 2, as it stands in linux/capability.h. */
  private static final int CAPABILITY_REVISION = 0x02000000;

  private static final int CAPABILITY_BYTES = 20;

  private XattrValues() {}

  /** The bytes of a payload, or of a capability set made after it. */
  static byte[] of(String attribute, Payload payload) {
    if (!attribute.equals(FileModel.CAPABILITY)) {
      return payload.bytes();
    }
    ByteBuffer set = ByteBuffer.allocate(CAPABILITY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return set.putInt(CAPABILITY_REVISION).putInt(1 << (payload.fill() & 31)).array();
  }
}
