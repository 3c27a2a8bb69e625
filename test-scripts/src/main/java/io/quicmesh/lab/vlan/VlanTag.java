package io.quicmesh.lab.vlan;

import io.netty.buffer.ByteBuf;

/**
 * Puts an 802.1Q tag (IEEE 802.1Q-2018, clause 9.6) behind a frame's addresses, or takes it out.
 */
final class VlanTag {

  static final int BYTES = 4;
  static final int ID_MAX = 4094;

  private static final int ADDRESSES_BYTES = 12;
  private static final int TPID = 0x8100;
  private static final int ID_MASK = 0x0fff;

  private final int id;

  /**
   * @param id 1 to {@link #ID_MAX}
   */
  VlanTag(int id) {
    if (id < 1 || id > ID_MAX) {
      throw new IllegalArgumentException("a VLAN's id is 1 to " + ID_MAX + ", not " + id);
    }
    this.id = id;
  }

  /** Writes a frame, given by its place, with the tag behind what the target holds. */
  void push(ByteBuf frame, int offset, int lengthBytes, ByteBuf target) {
    target.writeBytes(frame, offset, ADDRESSES_BYTES).writeShort(TPID).writeShort(id);
    target.writeBytes(frame, offset + ADDRESSES_BYTES, lengthBytes - ADDRESSES_BYTES);
  }

  /** Whether a frame belongs to this VLAN, whatever its priority is. */
  boolean isOn(ByteBuf frame, int offset, int lengthBytes) {
    return lengthBytes >= ADDRESSES_BYTES + BYTES + Short.BYTES
        && frame.getUnsignedShort(offset + ADDRESSES_BYTES) == TPID
        && (frame.getUnsignedShort(offset + ADDRESSES_BYTES + Short.BYTES) & ID_MASK) == id;
  }

  /** Writes a frame that {@link #isOn} this VLAN without its tag behind what the target holds. */
  void pop(ByteBuf frame, int offset, int lengthBytes, ByteBuf target) {
    int rest = ADDRESSES_BYTES + BYTES;
    target.writeBytes(frame, offset, ADDRESSES_BYTES);
    target.writeBytes(frame, offset + rest, lengthBytes - rest);
  }
}
