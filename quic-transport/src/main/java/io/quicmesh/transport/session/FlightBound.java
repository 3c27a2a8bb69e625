package io.quicmesh.transport.session;

/**
 * How many bytes of a session may be unacknowledged: twice what the path delivers in its smallest
 * round trip, and never under a floor, so that a dead carrier strands little and a live one is kept
 * busy. The delivery rate is sampled as in BBR (draft-ietf-ccwg-bbr, section 4.1): bytes delivered
 * between the sending of a record and its acknowledgement. Owned by the event loop.
 */
final class FlightBound {

  private static final long FLOOR_BYTES = 256 * 1024;
  private static final long WINDOW_NANOS = 5_000_000_000L;

  private final long capBytes;
  private double rateBytesPerNano;
  private long rateStampNanos;
  private long minRttNanos = Long.MAX_VALUE;
  private long minRttStampNanos;
  private long deliveredBytes;

  /** A bound for a path of which nothing is known yet; {@code delivered} bytes came before. */
  FlightBound(long capBytes, long deliveredBytes) {
    this.capBytes = capBytes;
    this.deliveredBytes = deliveredBytes;
  }

  /** Bytes acknowledged so far; to be kept with every record as it is sent. */
  long deliveredBytes() {
    return deliveredBytes;
  }

  /** Largest number of unacknowledged bytes now. */
  long bytes() {
    if (minRttNanos == Long.MAX_VALUE) {
      return FLOOR_BYTES;
    }
    long product = (long) (2 * rateBytesPerNano * minRttNanos);
    return Math.min(capBytes, Math.max(FLOOR_BYTES, product));
  }

  /** Delivered bytes a second at best in the last seconds. */
  long rateBytesPerSecond() {
    return (long) (rateBytesPerNano * 1e9);
  }

  /**
   * Notes an acknowledgement.
   *
   * @param ackedBytes bytes that it acknowledges
   * @param sentNanos when the newest of these records was sent
   * @param deliveredAtSend {@link #deliveredBytes()} at that moment
   */
  void handleAck(long ackedBytes, long sentNanos, long deliveredAtSend, long nowNanos) {
    deliveredBytes += ackedBytes;
    long rttNanos = Math.max(1, nowNanos - sentNanos);
    if (rttNanos <= minRttNanos || nowNanos - minRttStampNanos > WINDOW_NANOS) {
      minRttNanos = rttNanos;
      minRttStampNanos = nowNanos;
    }
    double rate = (double) (deliveredBytes - deliveredAtSend) / rttNanos;
    if (rate >= rateBytesPerNano || nowNanos - rateStampNanos > WINDOW_NANOS) {
      rateBytesPerNano = rate;
      rateStampNanos = nowNanos;
    }
  }
}
