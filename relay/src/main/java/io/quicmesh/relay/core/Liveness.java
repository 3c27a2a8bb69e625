package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.ControlMessage;
import java.util.concurrent.TimeUnit;

/**
 * Finds out which nodes are gone without a word. Nodes ping the relay every second; one that has
 * been silent for {@link #SILENT_NANOS} is asked, and ended when it does not answer in time.
 */
final class Liveness {

  /** Two of the nodes' pings and their delays. */
  static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A timer that is so late says that the relay's own loop stood still. */
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** No probe of a duplicate key has this number. */
  private static final long PING_NUMBER = 0;

  private final Means means;
  private final Ended ended;

  /** Who closes a connection that is silent. */
  interface Ended {
    void handleSilent(NodeConnection connection, long nowNanos);
  }

  Liveness(Means means, Ended ended) {
    this.means = means;
    this.ended = ended;
  }

  /** Watches a connection that has said hello. */
  void watch(NodeConnection connection) {
    if (connection.liveness == null) {
      lookAt(connection, connection.heardNanos + SILENT_NANOS);
    }
  }

  void forget(NodeConnection connection) {
    if (connection.liveness != null) {
      means.deadlines().cancel(connection.liveness);
    }
  }

  private void lookAt(NodeConnection connection, long atNanos) {
    connection.liveness = means.deadlines().add(atNanos, now -> look(connection, now));
  }

  private void look(NodeConnection connection, long nowNanos) {
    if (nowNanos - connection.heardNanos < SILENT_NANOS) {
      lookAt(connection, connection.heardNanos + SILENT_NANOS);
      return;
    }
    means.outbox().send(connection.number, new ControlMessage.Ping(PING_NUMBER));
    long askedNanos = nowNanos;
    connection.liveness =
        means
            .deadlines()
            .add(
                nowNanos + means.limits().times().probeNanos(),
                now -> judge(connection, askedNanos, now));
  }

  /** An answer may wait to be read when the relay itself was held up: then it asks once more. */
  private void judge(NodeConnection connection, long askedNanos, long nowNanos) {
    long lateNanos = nowNanos - askedNanos - means.limits().times().probeNanos();
    if (connection.heardNanos - askedNanos >= 0) {
      lookAt(connection, connection.heardNanos + SILENT_NANOS);
    } else if (lateNanos > LATE_NANOS) {
      lookAt(connection, nowNanos + LATE_NANOS);
    } else {
      ended.handleSilent(connection, nowNanos);
    }
  }
}
