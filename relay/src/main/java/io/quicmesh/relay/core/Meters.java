package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.Fingerprint;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The meters of all nodes and the quotas of all networks. A node that connects twice has one meter,
 * which is forgotten with its last connection. Owned by the event loop.
 */
public final class Meters {

  /** Names a node. */
  private record Key(Fingerprint network, Fingerprint node) {}

  /** A quota or meter, and how many use it. */
  private static final class Counted<T> {
    final T value;
    int users;

    Counted(T value) {
      this.value = value;
    }
  }

  private final RelayLimits.Rates rates;
  private final Map<Key, Counted<Meter>> meters = new LinkedHashMap<>();
  private final Map<Fingerprint, Counted<RateQuota>> networks = new LinkedHashMap<>();
  private final Set<RateQuota> awaited = new LinkedHashSet<>();
  private long hitsOfForgotten;
  private long bytesOfForgotten;

  /** Nothing is metered yet. */
  public Meters(RelayLimits.Rates rates) {
    this.rates = rates;
  }

  /** The meter of a node, for one more connection of it. */
  public Meter acquire(Fingerprint network, Fingerprint node, long nowNanos) {
    Counted<RateQuota> ofNetwork =
        networks.computeIfAbsent(
            network, id -> new Counted<>(quota(rates.networkBytesPerSecond(), nowNanos)));
    ofNetwork.users++;
    Counted<Meter> meter =
        meters.computeIfAbsent(
            new Key(network, node),
            key ->
                new Counted<>(
                    new Meter(
                        quota(rates.nodeBytesPerSecond(), nowNanos),
                        ofNetwork.value,
                        rates.pendingBytesPerNodeMax())));
    meter.users++;
    return meter.value;
  }

  /** A connection of the node has ended, and its splices have as well. */
  public void release(Fingerprint network, Fingerprint node) {
    Key key = new Key(network, node);
    Counted<Meter> meter = meters.get(key);
    Counted<RateQuota> ofNetwork = networks.get(network);
    if (meter == null || ofNetwork == null) {
      return;
    }
    if (--meter.users == 0) {
      meters.remove(key);
      hitsOfForgotten += meter.value.hits();
      bytesOfForgotten += meter.value.receivedBytes();
    }
    if (--ofNetwork.users == 0) {
      networks.remove(network);
      hitsOfForgotten += ofNetwork.value.hits();
    }
  }

  /** The meter of a node that is connected, or null. */
  public @Nullable Meter find(Fingerprint network, Fingerprint node) {
    Counted<Meter> meter = meters.get(new Key(network, node));
    return meter == null ? null : meter.value;
  }

  /** When {@link #handleDeadline} is due, or {@link Long#MAX_VALUE}. */
  public long nextDeadlineNanos() {
    long next = Long.MAX_VALUE;
    for (RateQuota quota : awaited) {
      next = Math.min(next, quota.nextDeadlineNanos());
    }
    return next;
  }

  /** Time has passed: splices whose quota has refilled go on. */
  public void handleDeadline(long nowNanos) {
    if (!awaited.isEmpty()) {
      List.copyOf(awaited).forEach(quota -> quota.handleDeadline(nowNanos));
    }
  }

  /** Bytes that were spliced since the start, both directions. */
  public long splicedBytes() {
    long bytes = bytesOfForgotten;
    for (Counted<Meter> meter : meters.values()) {
      bytes += meter.value.receivedBytes();
    }
    return bytes;
  }

  /** How often a splice had to wait for a quota. */
  public long hits() {
    long hits = hitsOfForgotten;
    for (Counted<Meter> meter : meters.values()) {
      hits += meter.value.hits();
    }
    for (Counted<RateQuota> quota : networks.values()) {
      hits += quota.value.hits();
    }
    return hits;
  }

  private RateQuota quota(long bytesPerSecond, long nowNanos) {
    return new RateQuota(bytesPerSecond, awaited, nowNanos);
  }
}
