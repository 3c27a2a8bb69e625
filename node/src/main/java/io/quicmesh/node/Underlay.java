package io.quicmesh.node;

import io.quicmesh.migration.InterfaceKind;
import io.quicmesh.migration.InterfaceView;
import io.quicmesh.migration.MigrationCause;
import io.quicmesh.migration.NetworkChange;
import io.quicmesh.migration.NetworkView;
import io.quicmesh.migration.UplinkUse;
import io.quicmesh.tap.TapException;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.wire.ControlMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the node does when the network under it changes: sends on every connection at once, so that
 * those that moved are migrated, replaces those that cannot move, tells peers where it is now and
 * tries direct connections again. Loop-owned.
 */
final class Underlay implements NetworkWatch.Listener, Uplinks.Host, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Underlay.class);

  private final NodeContext context;
  private final Mesh mesh;
  private final Relays relays;
  private final NodeJournal journal;
  private final NetworkWatch watch;
  private final Uplinks uplinks;
  private NetworkView network = NetworkView.NONE;

  Underlay(NodeContext context, String ownTap, Mesh mesh, Relays relays, NodeJournal journal) {
    this.context = context;
    this.mesh = mesh;
    this.relays = relays;
    this.journal = journal;
    this.watch = new NetworkWatch(ownTap, context.clock(), context.loop(), this);
    this.uplinks = new Uplinks(context, context.settings().uplinks(), this);
    journal.onConnectionsChanged(this::tellRemotes);
    Renewals renewals = new Renewals(context, journal, this::renew);
    journal.onEcho(
        (connection, sentNanos) -> {
          uplinks.handleEcho(sentNanos);
          renewals.handleEcho(connection, sentNanos);
        });
    mesh.setSilenceListener(uplinks::handleSilent);
  }

  /** Begins to watch the network namespace that the calling thread is in. */
  void start() throws TapException {
    watch.start();
  }

  private void tellRemotes() {
    Set<InetSocketAddress> remotes = new HashSet<>();
    journal.connections().forEach(connection -> remotes.add(connection.remoteAddress()));
    watch.setRemotes(remotes);
  }

  @Override
  public void networkChanged(NetworkChange change, NetworkView now) {
    network = now;
    uplinks.handleView(now, kernelsChoice(now));
    MigrationCause cause = change.cause();
    if (change.severity() == NetworkChange.Severity.NOTHING) {
      return;
    }
    LOG.info(
        "network changed severity={} cause={} reason={}",
        change.severity(),
        cause == null ? "none" : cause.label(),
        change.reason());
    if (cause != null) {
      journal.connections().forEach(connection -> handleMoved(connection, cause));
    }
    relays.handleNetworkChanged();
    mesh.handleNetworkChanged();
  }

  private void renew(QuicConnection connection) {
    if (!relays.reconnect(connection)) {
      mesh.renew(connection);
    }
  }

  private static @Nullable String kernelsChoice(NetworkView now) {
    return now.used().stream()
        .map(UplinkUse::interfaceName)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  @Override
  public List<QuicConnection> connections() {
    return journal.connections();
  }

  @Override
  public void moved(QuicConnection connection, MigrationCause cause) {
    handleMoved(connection, cause);
  }

  @Override
  public void bound(@Nullable String interfaceName) {
    watch.setBound(interfaceName);
  }

  @Override
  public void askAll() {
    long now = context.nowNanos();
    for (QuicConnection connection : journal.connections()) {
      connection.send(new ControlMessage.Ping(now));
    }
  }

  Uplinks uplinks() {
    return uplinks;
  }

  private void handleMoved(QuicConnection connection, MigrationCause cause) {
    if (journal.handleMoved(connection, cause)) {
      if (connection.role() == QuicConnection.Role.SERVER) {
        mesh.handleServerMoved(connection);
        return;
      }
      mesh.handleMigrated(connection, context.nowNanos());
    }
    connection.send(new ControlMessage.Ping(context.nowNanos()));
  }

  /** The addresses at which peers on the same networks may reach this node. */
  List<InetSocketAddress> candidates() {
    List<InetSocketAddress> candidates = new ArrayList<>();
    int port = context.endpoint().port().localAddress().getPort();
    for (InterfaceView view : network.interfaces()) {
      if (view.kind() == InterfaceKind.ORDINARY && view.isUsable()) {
        for (InetAddress address : view.addresses()) {
          candidates.add(new InetSocketAddress(address, port));
        }
      }
    }
    return candidates;
  }

  @Override
  public void close() {
    watch.close();
  }
}
