package io.quicmesh.tap.frame;

import io.netty.buffer.ByteBuf;

/**
 * A number that is equal for all frames of one flow: equal MACs, VLAN, ethertype, IP addresses and
 * protocol, and for TCP the ports. Frames of one flow must not overtake each other; fragments carry
 * no ports, so UDP's do not count.
 */
public final class FlowHash {
  private static final int LENGTH_FIELD_MAX = 0x5ff;
  private static final long SEED = 0x9e37_79b9_7f4a_7c15L;
  private static final long MULTIPLIER = 0xbf58_476d_1ce4_e5b9L;
  private static final long FINISHER = 0x94d0_49bb_1331_11ebL;

  private FlowHash() {}

  /** The hash of the frame's flow, well mixed in all 32 bits. */
  public static int of(ByteBuf buf, int offset, int lengthBytes) {
    int etherType = EthernetFrame.etherType(buf, offset, lengthBytes);
    long tags =
        ((long) EthernetFrame.vlanId(buf, offset, lengthBytes) << 48)
            | ((long) EthernetFrame.innerVlanId(buf, offset, lengthBytes) << 32)
            | (etherType <= LENGTH_FIELD_MAX ? 0 : etherType);
    long hash = mix(SEED, EthernetFrame.destination(buf, offset));
    hash = mix(hash, EthernetFrame.source(buf, offset));
    hash = mix(hash, tags);
    long found = IpPacket.find(buf, offset, lengthBytes);
    if (found != IpPacket.NONE) {
      hash = mixPacket(hash, buf, offset, lengthBytes, found);
    }
    hash = (hash ^ (hash >>> 27)) * FINISHER;
    return (int) (hash ^ (hash >>> 32));
  }

  private static long mixPacket(long before, ByteBuf buf, int offset, int lengthBytes, long found) {
    int network = offset + EthernetFrame.headerBytes(buf, offset, lengthBytes);
    long hash = before;
    if (IpPacket.isIpv6(found)) {
      int addresses = network + IpPacket.IPV6_SOURCE_OFFSET;
      hash = mix(hash, buf.getLong(addresses));
      hash = mix(hash, buf.getLong(addresses + 8));
      hash = mix(hash, buf.getLong(addresses + 16));
      hash = mix(hash, buf.getLong(addresses + 24));
    } else {
      hash = mix(hash, buf.getLong(network + IpPacket.IPV4_SOURCE_OFFSET));
    }
    int protocol = IpPacket.protocol(found);
    int transport = IpPacket.transportOffset(found);
    boolean ports =
        protocol == IpPacket.PROTOCOL_TCP
            && !IpPacket.isFragment(found)
            && lengthBytes >= transport + Integer.BYTES;
    long portBits = ports ? buf.getInt(offset + transport) : 0;
    return mix(hash, (portBits << Byte.SIZE) | protocol);
  }

  private static long mix(long hash, long word) {
    long mixed = (hash ^ word) * MULTIPLIER;
    return mixed ^ (mixed >>> 31);
  }
}
