package io.quicmesh.relay;

import io.quicmesh.relay.core.Refusal;
import io.quicmesh.relay.core.RelayEvent;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * Log lines that strangers can cause: a few at once, then one a second, and how many were left out.
 * Owned by the event loop.
 */
final class RefusalLog {

  private static final int LINES_AT_ONCE = 10;
  private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Logger log;
  private long freeNanos;
  private long leftOut;

  RefusalLog(Logger log, long nowNanos) {
    this.log = log;
    this.freeNanos = nowNanos - LINES_AT_ONCE * LINE_NANOS;
  }

  void log(RelayEvent event) {
    long now = System.nanoTime();
    freeNanos = Math.max(freeNanos, now - LINES_AT_ONCE * LINE_NANOS);
    if (freeNanos + LINE_NANOS - now > 0) {
      leftOut++;
      return;
    }
    freeNanos += LINE_NANOS;
    boolean network = event.reason().equals(Refusal.NETWORK_NOT_ALLOWED.text());
    log.info(
        "refused peer={} network={} remote={} reason={}{}{}",
        event.node().shortText(),
        network ? event.network() : event.network().shortText(),
        event.remote(),
        event.reason(),
        network ? " (allow it with --allow-network)" : "",
        leftOut == 0 ? "" : " and " + leftOut + " more");
    leftOut = 0;
  }
}
