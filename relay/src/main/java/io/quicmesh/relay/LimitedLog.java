package io.quicmesh.relay;

import io.quicmesh.relay.core.Refusal;
import io.quicmesh.relay.core.RelayEvent;
import io.quicmesh.transport.carrier.Addresses;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * Log lines that strangers can cause: a few at once, then one a second, and how many were left out.
 * Owned by the event loop.
 */
final class LimitedLog {

  private static final int LINES_AT_ONCE = 10;
  private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Logger log;
  private long freeNanos;
  private long leftOut;

  LimitedLog(Logger log, long nowNanos) {
    this.log = log;
    this.freeNanos = nowNanos - LINES_AT_ONCE * LINE_NANOS;
  }

  void refused(RelayEvent event, long nowNanos) {
    boolean network = event.reason().equals(Refusal.NETWORK_NOT_ALLOWED.text());
    if (mayWrite(nowNanos)) {
      log.info(
          "refused peer={} network={} remote={} reason={}{}{}",
          event.node().shortText(),
          network ? event.network() : event.network().shortText(),
          Addresses.text(event.remote()),
          event.reason(),
          network ? " (allow it with --allow-network)" : "",
          others());
    }
  }

  void join(RelayEvent event, long nowNanos) {
    if (mayWrite(nowNanos)) {
      log.info(
          "a host asks the registrar peer={} network={} remote={}{}",
          event.node().shortText(),
          event.network().shortText(),
          Addresses.text(event.remote()),
          others());
    }
  }

  private boolean mayWrite(long nowNanos) {
    freeNanos = Math.max(freeNanos, nowNanos - LINES_AT_ONCE * LINE_NANOS);
    if (freeNanos + LINE_NANOS - nowNanos > 0) {
      leftOut++;
      return false;
    }
    freeNanos += LINE_NANOS;
    return true;
  }

  private String others() {
    String text = leftOut == 0 ? "" : " and " + leftOut + " such lines before";
    leftOut = 0;
    return text;
  }
}
