package io.quicmesh.node;

import io.quicmesh.migration.MigrationFailure;
import io.quicmesh.migration.MigrationNotice;
import io.quicmesh.transport.quic.ConnectionStats;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.wire.ControlMessage;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces connections that migrations have worn out: those that used up most of the addresses that
 * QUIC allows them, those whose migration failed, and those whose control stream does not answer
 * after one: because QUIC does not send again all that was lost on the path before, or because the
 * new path drops packets as long as the old one carried (QUIC goes on with their size). Loop-owned.
 */
final class Renewals {

  private static final Logger LOG = LoggerFactory.getLogger(Renewals.class);

  /** Well before the active connection ids run out (RFC 9000 section 5.1.1), which are 64. */
  private static final int MIGRATIONS_MAX = 40;

  /** The client begins; the server does if that did not help. */
  private static final int SERVER_MIGRATIONS_MAX = 50;

  /** A handshake just when a connection has moved would make the move longer. */
  private static final long UNHURRIED_MILLIS = 2000;

  private static final long ANSWER_MILLIS_MIN = 400;
  private static final long ANSWER_MILLIS_MAX = 1000;

  private static final long PACKET_BYTES_MIN = 1_500;

  /** One packet could come in pieces: QUIC sends again what its window has room for. */
  private static final int FULL_PACKETS = 4;

  /** What is done to a connection that has to be replaced. */
  interface Owner {
    void renew(QuicConnection connection);
  }

  private final NodeContext context;
  private final NodeJournal journal;
  private final Owner owner;
  private final Map<String, Integer> migrations = new HashMap<>();
  private final Map<String, Long> asked = new HashMap<>();

  Renewals(NodeContext context, NodeJournal journal, Owner owner) {
    this.context = context;
    this.journal = journal;
    this.owner = owner;
    journal.addMigrationListener(this::handle);
  }

  private void handle(MigrationNotice notice) {
    QuicConnection connection = journal.connection(notice.connectionId());
    if (connection == null) {
      migrations.remove(notice.connectionId());
      asked.remove(notice.connectionId());
    } else if (notice instanceof MigrationNotice.Started) {
      long millis = patienceMillis(shortestRttNanos(connection.stats().getNow()));
      later(connection, millis, () -> giveUp(connection, millis));
    } else if (notice instanceof MigrationNotice.Completed) {
      int count = migrations.merge(connection.id(), 1, Integer::sum);
      boolean isClient = connection.role() == QuicConnection.Role.CLIENT;
      if (count == (isClient ? MIGRATIONS_MAX : SERVER_MIGRATIONS_MAX)) {
        later(connection, UNHURRIED_MILLIS, () -> renewWorn(connection));
      }
      ask(connection);
    } else if (notice instanceof MigrationNotice.Failed failed) {
      renew(connection, "its migration failed: " + failed.reason().label());
    }
  }

  private void renewWorn(QuicConnection connection) {
    Integer count = migrations.remove(connection.id());
    renew(connection, count + " migrations");
  }

  /** The path carries nothing: no use in waiting for the monitor. */
  private void giveUp(QuicConnection connection, long patienceMillis) {
    long now = context.nowNanos();
    long ranNanos = journal.tracker().timeSinceStartedNanos(connection.id(), now).orElse(0);
    if (ranNanos >= TimeUnit.MILLISECONDS.toNanos(patienceMillis)
        && connection.role() == QuicConnection.Role.CLIENT) {
      journal.fail(connection, MigrationFailure.ABANDONED);
    }
  }

  private void ask(QuicConnection connection) {
    long now = context.nowNanos();
    asked.put(connection.id(), now);
    ConnectionStats stats = connection.stats().getNow();
    connection.send(new ControlMessage.LongPing(now, longPingBytes(stats)));
    later(
        connection,
        patienceMillis(stats == null ? 0 : stats.active().window().rttNanos()),
        () -> {
          if (asked.remove(connection.id(), now)) {
            renew(connection, "its control stream does not answer after a migration");
          }
        });
  }

  /** As much as some packets of full size carry. */
  private static int longPingBytes(@Nullable ConnectionStats stats) {
    long knownBytes = stats == null ? 0 : stats.active().window().payloadBytesMax();
    return FULL_PACKETS * (int) Math.max(knownBytes, PACKET_BYTES_MIN);
  }

  /** A path that has just begun has no samples, only RFC 9002's initial value, which is large. */
  private static long shortestRttNanos(@Nullable ConnectionStats stats) {
    return stats == null
        ? 0
        : stats.paths().stream().mapToLong(path -> path.window().rttNanos()).min().orElse(0);
  }

  /** Time for two packets that get lost one after the other. */
  private static long patienceMillis(long rttNanos) {
    long millis = TimeUnit.NANOSECONDS.toMillis(4 * rttNanos);
    return Math.min(Math.max(millis, ANSWER_MILLIS_MIN), ANSWER_MILLIS_MAX);
  }

  /** The peer answered what was sent at this time on the connection. */
  void handleEcho(QuicConnection connection, long sentNanos) {
    asked.remove(connection.id(), sentNanos);
  }

  private void later(QuicConnection connection, long millis, Runnable action) {
    Runnable guarded =
        () -> {
          if (connection.isOpen()) {
            action.run();
          }
        };
    var unused = context.loop().schedule(guarded, millis, TimeUnit.MILLISECONDS);
  }

  private void renew(QuicConnection connection, String reason) {
    LOG.info("connection renewed id={} reason={}", connection.id(), reason);
    owner.renew(connection);
  }
}
