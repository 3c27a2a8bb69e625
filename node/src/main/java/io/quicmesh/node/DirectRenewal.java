package io.quicmesh.node;

import io.quicmesh.migration.DirectReplacement;
import io.quicmesh.migration.HandoverCause;
import io.quicmesh.transport.carrier.DirectCarrier;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.wire.CloseCode;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts a new direct connection to one peer in the place of another, when {@link DirectReplacement}
 * says so: dials beside the old one, lets the session hand over, and then ends the old one.
 * Loop-owned.
 */
final class DirectRenewal {

  /** The session has handed over by then. */
  private static final long HANDED_OVER_MILLIS = 3000;

  private final NodeContext context;
  private final DirectDialer dialer;
  private final PeerCarriers carriers;
  private final Consumer<QuicConnection> owner;
  private final DirectReplacement replacement = new DirectReplacement();

  /** The owner gets every connection that was dialled here, and calls {@link #handleUp}. */
  DirectRenewal(
      NodeContext context,
      DirectDialer dialer,
      PeerCarriers carriers,
      Consumer<QuicConnection> owner) {
    this.context = context;
    this.dialer = dialer;
    this.carriers = carriers;
    this.owner = owner;
  }

  /** Whether this side of the two is preferred as the client. */
  void handlePreferred(boolean isClient) {
    replacement.handlePreferred(isClient);
  }

  void handleUp(QuicConnection connection) {
    boolean isClient = connection.role() == QuicConnection.Role.CLIENT;
    replacement.handleUp(connection.id(), isClient, context.nowNanos());
  }

  void handleDown(QuicConnection connection) {
    replacement.handleDown(connection.id());
  }

  void handleMigrated(QuicConnection connection) {
    replacement.handleMigrated(connection.id(), context.nowNanos());
  }

  /** This node's end of a connection moved, and QUIC cannot follow. */
  void handleServerMoved(QuicConnection connection) {
    leave(connection);
    replacement.handleServerMoved(connection.id(), context.nowNanos());
  }

  /** A connection is worn out and will not do for long. */
  void handleWorn(QuicConnection connection) {
    replacement.handleWorn(connection.id(), context.nowNanos());
  }

  /** A connection's path has become unfit for it. */
  void handleStuck(QuicConnection connection) {
    replacement.handleStuck(connection.id(), context.nowNanos());
  }

  /** Dials if it is time to. */
  void drive() {
    String id = replacement.poll(context.nowNanos());
    DirectCarrier found = id == null ? null : find(id);
    if (found != null) {
      QuicConnection replaced = found.connection();
      dialer.dialBeside(replaced, renewed -> handleDialled(replaced, renewed));
    }
  }

  private void handleDialled(QuicConnection replaced, @Nullable QuicConnection renewed) {
    if (renewed == null) {
      replacement.handleDialFailed(replaced.id(), context.nowNanos());
      return;
    }
    owner.accept(renewed);
    leave(replaced);
    var unused =
        context
            .loop()
            .schedule(
                () -> replaced.close(CloseCode.SUPERSEDED),
                HANDED_OVER_MILLIS,
                TimeUnit.MILLISECONDS);
  }

  private void leave(QuicConnection connection) {
    DirectCarrier found = find(connection.id());
    if (found != null) {
      carriers.handleLeaving(found, HandoverCause.RENEWAL);
    }
  }

  private @Nullable DirectCarrier find(String connectionId) {
    for (CarrierEntry entry : carriers.entries()) {
      if (entry.carrier() instanceof DirectCarrier direct
          && direct.connection().id().equals(connectionId)) {
        return direct;
      }
    }
    return null;
  }

  /** When {@link #drive} is to be called next. */
  long nextDeadlineNanos() {
    return replacement.nextDeadlineNanos();
  }
}
