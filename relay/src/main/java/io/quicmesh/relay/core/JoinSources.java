package io.quicmesh.relay.core;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts the joins of each source, so that one host cannot keep a registrar busy. Sources that are
 * idle are forgotten.
 */
final class JoinSources {

  /** What one source does. */
  private static final class Source {
    int active;
    final TokenBucket bucket;

    Source(TokenBucket bucket) {
      this.bucket = bucket;
    }
  }

  private static final int SOURCES_MAX = 4_096;
  private static final int IPV6_PREFIX_BYTES = 8;

  /** Scales tokens, because a bucket refills whole tokens a second. */
  private static final int MINUTE = 60;

  private final RelayLimits.Joins limits;
  private final Map<String, Source> sources = new LinkedHashMap<>();

  JoinSources(RelayLimits.Joins limits) {
    this.limits = limits;
  }

  /** The source of an address: all of an IPv4 address, the first 64 bits of an IPv6 address. */
  static String of(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    byte[] bytes = ip.getAddress();
    return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, IPV6_PREFIX_BYTES));
  }

  /** Whether this source may do one thing more now; if so it counts until {@link #release}. */
  boolean acquire(String name, long nowNanos) {
    Source source = sources.get(name);
    if (source == null) {
      if (sources.size() >= SOURCES_MAX && !forgetIdle(nowNanos)) {
        return false;
      }
      source =
          new Source(
              new TokenBucket(
                  limits.perSourcePerMinute(),
                  (long) limits.perSourcePerMinute() * MINUTE,
                  nowNanos));
      sources.put(name, source);
    }
    if (source.active >= limits.perSourceMax() || !source.bucket.holds(MINUTE, nowNanos)) {
      return false;
    }
    source.bucket.charge(MINUTE, nowNanos);
    source.active++;
    return true;
  }

  /** Ends what {@link #acquire} began. */
  void release(String name, long nowNanos) {
    Source source = sources.get(name);
    if (source != null && --source.active == 0 && source.bucket.isFull(nowNanos)) {
      sources.remove(name);
    }
  }

  private boolean forgetIdle(long nowNanos) {
    int before = sources.size();
    for (Iterator<Source> it = sources.values().iterator(); it.hasNext(); ) {
      Source source = it.next();
      if (source.active == 0 && source.bucket.isFull(nowNanos)) {
        it.remove();
      }
    }
    return sources.size() < before;
  }
}
