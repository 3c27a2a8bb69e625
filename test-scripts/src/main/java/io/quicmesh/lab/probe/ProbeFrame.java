package io.quicmesh.lab.probe;

import java.nio.ByteBuffer;

/**
 * The headers in front of a probe, written once for each flow of each end. The addresses are made
 * from those of the interfaces but are not theirs, so that no host takes the frames for its own,
 * and equal from run to run, so that a switch need not learn new ones.
 */
public final class ProbeFrame {

  private static final long LOCAL_BIT = 1L << 41;
  private static final int FLOW_SHIFT = 24;
  private static final int IP_AT = 14;
  private static final int IP_BYTES = 20;
  private static final int UDP_AT = IP_AT + IP_BYTES;
  private static final int BENCHMARK_NETWORK = 198 << 24 | 18 << 16;
  private static final int TTL = 64;
  private static final int PROTOCOL_UDP = 17;

  private ProbeFrame() {}

  /**
   * A frame from one end to the other.
   *
   * @param kind what it looks like
   * @param sourceMac the MAC address of the sending interface, in the low 48 bits
   * @param targetMac the MAC address of the receiving interface
   * @param end which end sends, 0 or 1
   * @param flow its flow, from 0
   */
  public record Route(ProbeKind kind, long sourceMac, long targetMac, int end, int flow) {}

  /** Writes the headers and the filling, and leaves position and limit around the probe. */
  public static void prepare(Route route, ByteBuffer frame, int frameBytes) {
    frame.clear().limit(frameBytes);
    for (int i = 0; i < frameBytes; i++) {
      frame.put(i, (byte) i);
    }
    int flowOfMac = route.kind() == ProbeKind.ETHERNET ? route.flow() : 0;
    putMac(frame, 0, probeMac(route.targetMac(), flowOfMac));
    putMac(frame, 6, probeMac(route.sourceMac(), flowOfMac));
    frame.putShort(12, (short) route.kind().etherType());
    if (route.kind() == ProbeKind.UDP) {
      putIpAndUdp(frame, route, frameBytes);
    }
    frame.position(route.kind().headerBytes());
  }

  /**
   * Puts position and limit of an arrived frame around its probe.
   *
   * @return whether the frame is long enough to hold one
   */
  public static boolean findProbe(ProbeKind kind, ByteBuffer frame, int index, int bytes) {
    if (bytes < kind.headerBytes() + ProbeCodec.PROBE_BYTES) {
      return false;
    }
    frame.limit(index + bytes).position(index + kind.headerBytes());
    return true;
  }

  /** An address that differs from the interface's in the bit that marks it as local. */
  static long probeMac(long interfaceMac, int flow) {
    return interfaceMac ^ LOCAL_BIT ^ ((long) flow << FLOW_SHIFT);
  }

  private static void putMac(ByteBuffer frame, int at, long mac) {
    frame.putShort(at, (short) (mac >> 32));
    frame.putInt(at + 2, (int) mac);
  }

  /** UDP's checksum stays 0, which IPv4 allows: the probe has its own. */
  private static void putIpAndUdp(ByteBuffer frame, Route route, int frameBytes) {
    frame.putShort(IP_AT, (short) 0x4500);
    frame.putShort(IP_AT + 2, (short) (frameBytes - IP_AT));
    frame.putInt(IP_AT + 4, 0);
    frame.putShort(IP_AT + 8, (short) (TTL << 8 | PROTOCOL_UDP));
    frame.putShort(IP_AT + 10, (short) 0);
    frame.putInt(IP_AT + 12, address(route.end(), route.flow()));
    frame.putInt(IP_AT + 16, address(1 - route.end(), route.flow()));
    frame.putShort(IP_AT + 10, (short) ipChecksum(frame));
    frame.putShort(UDP_AT, (short) ProbeKind.UDP_PORT);
    frame.putShort(UDP_AT + 2, (short) ProbeKind.UDP_PORT);
    frame.putShort(UDP_AT + 4, (short) (frameBytes - UDP_AT));
    frame.putShort(UDP_AT + 6, (short) 0);
  }

  /** From the network that RFC 2544 sets aside for benchmarks. */
  private static int address(int end, int flow) {
    return BENCHMARK_NETWORK + (end << 8) + flow + 1;
  }

  private static int ipChecksum(ByteBuffer frame) {
    int sum = 0;
    for (int at = IP_AT; at < IP_AT + IP_BYTES; at += 2) {
      sum += Short.toUnsignedInt(frame.getShort(at));
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    return ~(sum + (sum >>> 16)) & 0xffff;
  }
}
