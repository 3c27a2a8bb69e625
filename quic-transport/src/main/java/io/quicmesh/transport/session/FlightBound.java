package io.quicmesh.transport.session;

/**
 * How many bytes of a session may be unacknowledged: twice what the path delivers in its smallest
 * round trip, or what it delivers in 50 ms if that is more, so that a dead carrier strands little,
 * a slow one makes nobody wait long, and a quick one is kept busy. Owned by the event loop.
 *
 * <p>The delivery rate is sampled as in BBR (draft-ietf-ccwg-bbr, section 4.1): bytes delivered
 * between the sending of a record and its acknowledgement. The smallest round trip is only seen
 * when nothing queues; so when round trips stay long, or it was last seen long ago, the bound sinks
 * for a few round trips, and what is seen then counts.
 */
final class FlightBound {

  private static final long START_BYTES = 128 * 1024;
  private static final long LEAST_BYTES = 32 * 1024;
  private static final long QUEUE_BYTES_MAX = 256 * 1024;
  private static final long QUEUE_NANOS = 50_000_000L;
  private static final long RATE_WINDOW_NANOS = 5_000_000_000L;

  private final long capBytes;
  private final RoundTripFloor floor = new RoundTripFloor();
  private double rateBytesPerNano;
  private long rateStampNanos;
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
    if (!floor.isKnown()) {
      return START_BYTES;
    }
    if (floor.isProbing()) {
      return LEAST_BYTES;
    }
    long product = (long) (2 * rateBytesPerNano * floor.nanos());
    long queue = Math.min(QUEUE_BYTES_MAX, (long) (rateBytesPerNano * QUEUE_NANOS));
    return Math.min(capBytes, Math.max(LEAST_BYTES, Math.max(queue, product)));
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
    floor.handleSample(rttNanos, nowNanos);
    double rate = (double) (deliveredBytes - deliveredAtSend) / rttNanos;
    if (rate >= rateBytesPerNano || nowNanos - rateStampNanos > RATE_WINDOW_NANOS) {
      rateBytesPerNano = rate;
      rateStampNanos = nowNanos;
    }
  }
}
