package io.quicmesh.lab.probe;

/** What a probe frame looks like to those who carry it. */
public enum ProbeKind {
  /** The experimental ethertype of IEEE 802: flows differ in their MAC addresses. */
  ETHERNET(0x88b5, 14, 16),
  /** UDP over IPv4 (RFC 768, RFC 791): flows differ in their IP addresses. */
  UDP(0x0800, 42, 250);

  /** The port of UDP probes, sending and receiving. */
  public static final int UDP_PORT = 0x88b5;

  private final int etherType;
  private final int headerBytes;
  private final int flowsMax;

  ProbeKind(int etherType, int headerBytes, int flowsMax) {
    this.etherType = etherType;
    this.headerBytes = headerBytes;
    this.flowsMax = flowsMax;
  }

  /** The ethertype of its frames. */
  public int etherType() {
    return etherType;
  }

  /** What stands before the probe itself. */
  int headerBytes() {
    return headerBytes;
  }

  /** How many flows it can tell apart. */
  public int flowsMax() {
    return flowsMax;
  }

  /** The smallest frame that holds a probe. */
  public int frameBytesMin() {
    return Math.max(60, headerBytes + ProbeCodec.PROBE_BYTES);
  }
}
