package io.quicmesh.transport.session;

/**
 * A bound on unacknowledged bytes that several sessions share: those of one relay connection, or
 * all of a node. Owned by the event loop.
 */
public final class FlightBudget {

  private final long bytesMax;
  private long usedBytes;

  public FlightBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  long freeBytes() {
    return Math.max(0, bytesMax - usedBytes);
  }

  /** Notes a change; negative for bytes given back. */
  void add(long bytes) {
    usedBytes += bytes;
  }

  /** Bytes in use now. */
  public long usedBytes() {
    return usedBytes;
  }
}
