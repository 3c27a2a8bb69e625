package io.quicmesh.relay.core;

import org.jspecify.annotations.Nullable;

/**
 * What one node sends and receives through the relay: counts, and the quotas that it is under.
 * Owned by the event loop.
 */
public final class Meter {

  private final RateQuota node;
  private final RateQuota network;
  private final long pendingBytesMax;
  private long receivedBytes;
  private long sentBytes;
  private long pendingBytes;

  Meter(RateQuota node, RateQuota network, long pendingBytesMax) {
    this.node = node;
    this.network = network;
    this.pendingBytesMax = pendingBytesMax;
  }

  /** Bytes that came from the node and were spliced. */
  public long receivedBytes() {
    return receivedBytes;
  }

  /** Bytes that were spliced towards the node. */
  public long sentBytes() {
    return sentBytes;
  }

  /** Bytes that wait in the relay until the node takes them. */
  public long pendingBytes() {
    return pendingBytes;
  }

  void countReceived(long bytes, long nowNanos) {
    receivedBytes += bytes;
    node.charge(bytes, nowNanos);
    network.charge(bytes, nowNanos);
  }

  void countSent(long bytes) {
    sentBytes += bytes;
  }

  void addPending(long bytes) {
    pendingBytes += bytes;
  }

  boolean isOverfull() {
    return pendingBytes > pendingBytesMax;
  }

  void forget(StreamSplice splice) {
    node.forget(splice);
    network.forget(splice);
  }

  /** How often a splice of this node had to wait for the node's quota. */
  long hits() {
    return node.hits();
  }

  /** The quota that is used up now, if any. */
  @Nullable RateQuota exhausted(long nowNanos) {
    return node.isExhausted(nowNanos) ? node : network.isExhausted(nowNanos) ? network : null;
  }
}
