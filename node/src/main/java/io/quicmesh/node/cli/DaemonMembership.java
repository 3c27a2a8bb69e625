package io.quicmesh.node.cli;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.quicmesh.monitor.AdminRoutes;
import io.quicmesh.node.Node;
import io.quicmesh.node.NodeIdentity;
import io.quicmesh.node.membership.JoinClient;
import io.quicmesh.node.membership.MemberState;
import io.quicmesh.node.membership.Membership;
import io.quicmesh.node.membership.MembershipException;
import io.quicmesh.node.membership.RelayAddress;
import io.quicmesh.node.membership.RenewalKeeper;
import io.quicmesh.node.membership.StateDirectory;
import io.quicmesh.transport.identity.RevocationBook;
import io.quicmesh.transport.identity.RevokedKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a running daemon has to do with its membership: its identity, the network and embedded relay
 * that it makes when it has joined nothing, the registrar's desk, and revocations.
 */
final class DaemonMembership implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DaemonMembership.class);
  private static final String PORT_FILE = "port";

  private final StateDirectory directory;
  private final Membership membership;
  private final MemberState state;
  private final RevocationBook revoked;
  private final @Nullable EmbeddedRelay relay;
  private @Nullable RegistrarDesk desk;
  private @Nullable RenewalKeeper keeper;

  private DaemonMembership(
      StateDirectory directory,
      Membership membership,
      MemberState state,
      @Nullable EmbeddedRelay relay)
      throws MembershipException {
    this.directory = directory;
    this.membership = membership;
    this.state = state;
    this.relay = relay;
    this.revoked = membership.revocations();
  }

  /** Opens the membership in a state directory; makes a network of its own if there is none. */
  static DaemonMembership open(Path path, PrintWriter out) throws Exception {
    StateDirectory directory = new StateDirectory(path);
    Membership membership = new Membership(directory, InstantSource.system());
    boolean isNew = !membership.isMember();
    if (isNew) {
      OwnNetwork.create(membership, path, out);
    }
    MemberState state = membership.open();
    EmbeddedRelay relay =
        EmbeddedRelay.exists(path) ? EmbeddedRelay.start(path, state.network().id()) : null;
    if (isNew) {
      OwnNetwork.printInvitation(membership, out);
    }
    return new DaemonMembership(directory, membership, state, relay);
  }

  NodeIdentity identity() {
    return identityOf(state);
  }

  private static NodeIdentity identityOf(MemberState state) {
    List<NodeIdentity.RelayAddress> relays = new ArrayList<>();
    for (RelayAddress known : state.network().relays()) {
      relays.add(new NodeIdentity.RelayAddress(known.host(), known.port(), known.fingerprint()));
    }
    return new NodeIdentity(
        state.transport(),
        state.network().id(),
        state.network().name(),
        state.name(),
        state.address(),
        state.signedRecord(),
        relays,
        state.isRegistrar());
  }

  RevokedKeys revoked() {
    return revoked;
  }

  /** The address to bind: what was asked for, else every address with a port that is kept. */
  InetSocketAddress listenAddress(@Nullable InetSocketAddress asked)
      throws IOException, UnknownHostException {
    if (asked != null) {
      return asked;
    }
    Path file = directory.path().resolve(PORT_FILE);
    InetAddress any = InetAddress.getByName("::");
    if (Files.exists(file)) {
      try {
        return new InetSocketAddress(any, Integer.parseInt(Files.readString(file).strip()));
      } catch (NumberFormatException e) {
        LOG.warn("{} holds no port: another is chosen", file);
      }
    }
    int port = freePort();
    Files.writeString(file, port + "\n");
    return new InetSocketAddress(any, port);
  }

  private static int freePort() throws SocketException {
    try (DatagramSocket socket = new DatagramSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** The node runs: a registrar can answer those who join. */
  void handleStarted(Node node) throws MembershipException {
    if (state.isRegistrar()) {
      desk = RegistrarDesk.open(membership, node);
    }
    keeper =
        new RenewalKeeper(
            membership,
            new JoinClient(),
            InstantSource.system(),
            Executors.newSingleThreadScheduledExecutor(
                new DefaultThreadFactory("quicmesh-renewal", true)),
            renewed -> node.setIdentity(identityOf(renewed)));
    keeper.start();
    node.onRevocations(list -> accept(node, list));
    node.announceRevocations(currentList());
  }

  private byte @Nullable [] currentList() {
    RevocationBook.Entry newest = revoked.newest(state.network().id());
    return newest == null ? null : newest.signed().toBytes();
  }

  private void accept(Node node, byte[] list) {
    try {
      if (membership.acceptRevocations(list, state.network().id(), revoked)) {
        LOG.info("revocation list accepted");
        node.endRevoked();
        node.announceRevocations(list);
      }
    } catch (MembershipException e) {
      LOG.warn("revocation list refused: {}", e.oneLine());
    }
  }

  /** Routes by which commands tell the daemon that its state directory has changed. */
  void addRoutes(AdminRoutes routes, Node node) {
    routes.post(
        "/api/membership-changed",
        request -> {
          CompletableFuture<Map<String, Boolean>> done = new CompletableFuture<>();
          node.runAside(
              () -> {
                try {
                  RevocationBook.Entry newest =
                      membership.revocations().newest(state.network().id());
                  if (newest != null) {
                    accept(node, newest.signed().toBytes());
                    node.endRevoked();
                    node.announceRevocations(newest.signed().toBytes());
                  }
                  done.complete(Map.of("done", true));
                } catch (MembershipException e) {
                  done.completeExceptionally(e);
                }
              });
          return done;
        });
  }

  @Override
  public void close() {
    if (keeper != null) {
      keeper.close();
    }
    if (desk != null) {
      desk.close();
    }
    if (relay != null) {
      relay.close();
    }
  }
}
