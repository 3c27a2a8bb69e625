package io.quicmesh.tap.frame;

import io.netty.buffer.ByteBuf;

/**
 * Reads the header of an Ethernet frame (IEEE 802.3, 802.1Q, 802.1ad) in place. Every method takes
 * the buffer and the frame's offset in it; a frame has at least {@link #HEADER_BYTES} bytes, which
 * the caller has checked.
 */
public final class EthernetFrame {
  /** Both addresses and the ethertype, without tags. */
  public static final int HEADER_BYTES = 14;

  /** The largest superframe: an IP packet of 65,535 bytes behind a header with two tags. */
  public static final int SUPERFRAME_BYTES_MAX = 65_535 + HEADER_BYTES + 2 * 4;

  /** The VLAN of frames without a tag, and of those with a mere priority tag. */
  public static final int NO_VLAN = 0;

  public static final int ETHERTYPE_IPV4 = 0x0800;
  public static final int ETHERTYPE_ARP = 0x0806;
  public static final int ETHERTYPE_IPV6 = 0x86dd;

  private static final int ETHERTYPE_VLAN = 0x8100;
  private static final int ETHERTYPE_SERVICE_VLAN = 0x88a8;

  private static final int SOURCE_OFFSET = 6;
  private static final int ETHERTYPE_OFFSET = 12;
  private static final int TAG_BYTES = 4;
  private static final int TAGS_MAX = 2;
  private static final int VLAN_ID_MASK = 0xfff;

  private EthernetFrame() {}

  /** The destination as the bits of a {@link MacAddress}. */
  public static long destination(ByteBuf buf, int offset) {
    return buf.getLong(offset) >>> Short.SIZE;
  }

  /** The source as the bits of a {@link MacAddress}. */
  public static long source(ByteBuf buf, int offset) {
    return buf.getLong(offset + SOURCE_OFFSET) >>> Short.SIZE;
  }

  /** Whether the destination is a group, so that the frame is flooded. */
  public static boolean isMulticast(ByteBuf buf, int offset) {
    return (buf.getByte(offset) & 1) != 0;
  }

  /** Whether the destination is every host. */
  public static boolean isBroadcast(ByteBuf buf, int offset) {
    return destination(buf, offset) == MacAddress.BROADCAST;
  }

  /** The VLAN id of the outermost tag, or {@link #NO_VLAN}. */
  public static int vlanId(ByteBuf buf, int offset, int lengthBytes) {
    return vlanTag(buf, offset, lengthBytes, 0) & VLAN_ID_MASK;
  }

  /** The VLAN id of the tag inside the outermost one, or {@link #NO_VLAN}. */
  public static int innerVlanId(ByteBuf buf, int offset, int lengthBytes) {
    return vlanTag(buf, offset, lengthBytes, 1) & VLAN_ID_MASK;
  }

  /** The ethertype of the payload, behind up to two tags; below 1536 it is a length (802.3). */
  public static int etherType(ByteBuf buf, int offset, int lengthBytes) {
    return buf.getUnsignedShort(offset + headerBytes(buf, offset, lengthBytes) - Short.BYTES);
  }

  /** The length of the header with its tags, at most two: where the payload begins. */
  public static int headerBytes(ByteBuf buf, int offset, int lengthBytes) {
    int header = HEADER_BYTES;
    for (int tag = 0; tag < TAGS_MAX; tag++) {
      boolean tagged = isTag(buf.getUnsignedShort(offset + header - Short.BYTES));
      if (!tagged || lengthBytes < header + TAG_BYTES) {
        return header;
      }
      header += TAG_BYTES;
    }
    return header;
  }

  private static int vlanTag(ByteBuf buf, int offset, int lengthBytes, int tag) {
    int header = headerBytes(buf, offset, lengthBytes);
    int tagOffset = ETHERTYPE_OFFSET + tag * TAG_BYTES + Short.BYTES;
    return tagOffset + Short.BYTES < header ? buf.getUnsignedShort(offset + tagOffset) : NO_VLAN;
  }

  private static boolean isTag(int etherType) {
    return etherType == ETHERTYPE_VLAN || etherType == ETHERTYPE_SERVICE_VLAN;
  }
}
