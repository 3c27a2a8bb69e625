package io.quicmesh.lab.link;

/**
 * How much one direction of a link takes: its rate, the queue in front of it, the largest packet.
 *
 * @param rateBitsPerSecond bits of whole frames (Ethernet header included, no preamble) a second; 0
 *     means unlimited
 * @param queueBytesMax bytes that may wait for the transmitter, the frame on it included; what
 *     comes beyond is dropped at the tail
 * @param mtuBytes the largest packet behind the Ethernet header; a larger one vanishes without
 *     ICMP; 0 means unlimited
 */
public record Capacity(long rateBitsPerSecond, long queueBytesMax, int mtuBytes) {

  /** No limit but a queue that a pause can fill. */
  static final Capacity UNLIMITED = new Capacity(0, 4L << 20, 0);

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** Refuses numbers that no link has. */
  public Capacity {
    if (rateBitsPerSecond < 0 || queueBytesMax < 0 || mtuBytes < 0) {
      throw new IllegalArgumentException("rate, queue and mtu must not be negative");
    }
  }

  long transmitNanos(int frameBytes) {
    return rateBitsPerSecond == 0 ? 0 : frameBytes * 8L * NANOS_PER_SECOND / rateBitsPerSecond;
  }

  Capacity withRate(long bitsPerSecond) {
    return new Capacity(bitsPerSecond, queueBytesMax, mtuBytes);
  }

  Capacity withQueue(long bytesMax) {
    return new Capacity(rateBitsPerSecond, bytesMax, mtuBytes);
  }

  Capacity withMtu(int bytes) {
    return new Capacity(rateBitsPerSecond, queueBytesMax, bytes);
  }
}
