package io.quicmesh.node.cli;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.quicmesh.monitor.AdminRoutes;
import io.quicmesh.node.Node;
import io.quicmesh.node.NodeIdentity;
import io.quicmesh.node.membership.AuditLog;
import io.quicmesh.node.membership.JoinClient;
import io.quicmesh.node.membership.MemberState;
import io.quicmesh.node.membership.Membership;
import io.quicmesh.node.membership.MembershipException;
import io.quicmesh.node.membership.RelayAddress;
import io.quicmesh.node.membership.RenewalKeeper;
import io.quicmesh.node.membership.StateDirectory;
import io.quicmesh.transport.identity.RevocationBook;
import io.quicmesh.transport.identity.RevokedKeys;
import io.quicmesh.transport.wire.Fingerprint;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
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
  private static final long ROTATION_MILLIS = 5_000;

  private final StateDirectory directory;
  private final Membership membership;
  private final MemberState state;
  private final RevocationBook revoked;
  private final @Nullable EmbeddedRelay relay;
  private final AuditLog audit;
  private final Owner owner;
  private @Nullable RegistrarDesk desk;
  private @Nullable RenewalKeeper keeper;

  /** The process, when its membership is not what it was. Any thread. */
  interface Owner {

    /** There is another key: begin anew with it. */
    void beginAnew();

    /** Nothing more can be done with this membership. */
    void end(MembershipException reason);
  }

  private DaemonMembership(
      StateDirectory directory,
      Membership membership,
      MemberState state,
      @Nullable EmbeddedRelay relay,
      Owner owner)
      throws MembershipException {
    this.owner = owner;
    this.audit = membership.audit();
    this.directory = directory;
    this.membership = membership;
    this.state = state;
    this.relay = relay;
    this.revoked = membership.revocations();
  }

  /** Opens the membership in a state directory; makes a network of its own if there is none. */
  static DaemonMembership open(Path path, PrintWriter out, Owner owner) throws Exception {
    StateDirectory directory = new StateDirectory(path);
    Membership membership = new Membership(directory, InstantSource.system());
    boolean isNew = !membership.isMember();
    if (isNew) {
      OwnNetwork.create(membership, path, out);
    }
    MemberState state = membership.open();
    checkNotRevoked(membership, state);
    EmbeddedRelay relay =
        EmbeddedRelay.exists(path) ? EmbeddedRelay.start(path, state.network().id()) : null;
    if (isNew) {
      OwnNetwork.printInvitation(membership, out);
    }
    return new DaemonMembership(directory, membership, state, relay, owner);
  }

  private static void checkNotRevoked(Membership membership, MemberState state)
      throws MembershipException {
    if (membership.revocations().contains(state.network().id(), state.id())) {
      throw revoked(membership);
    }
  }

  private static MembershipException revoked(Membership membership) {
    return new MembershipException(
        MembershipException.Kind.NOT_AUTHORISED,
        membership.isRotating()
            ? "this host's old key is revoked: finish with 'quicmesh rotate-key', then start again"
            : "this host's key is revoked: ask for a new token and join again");
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
            new Renewed(node));
    keeper.start();
    node.onRevocations(list -> accept(node, list));
    node.onRefusal(line -> audit.refused(Instant.now(), line));
    node.announceRevocations(currentList());
  }

  private byte @Nullable [] currentList() {
    RevocationBook.Entry newest = revoked.newest(state.network().id());
    return newest == null ? null : newest.signed().toBytes();
  }

  private void accept(Node node, byte[] list) {
    try {
      if (membership.acceptRevocations(list, state.network().id(), revoked)) {
        handleNewer(node, list);
      }
    } catch (MembershipException e) {
      LOG.warn("revocation list refused: {}", e.oneLine());
    }
  }

  private void handleNewer(Node node, byte[] list) {
    Fingerprint network = state.network().id();
    RevocationBook.Entry entry = Objects.requireNonNull(revoked.newest(network));
    LOG.info(
        "revocation list accepted number={} keys={}",
        entry.list().number(),
        entry.list().keys().size());
    audit.record(
        Instant.now(),
        "revocations",
        "number=%d keys=%d".formatted(entry.list().number(), entry.list().keys().size()));
    node.announceRevocations(list);
    node.endRevoked();
    if (revoked.contains(network, state.id())) {
      handleSelfRevoked(node);
    }
  }

  /** A rotation revokes the old key a moment before the new one is stored. */
  private void handleSelfRevoked(Node node) {
    node.setRevoked(revoked(membership).oneLine());
    CompletableFuture.delayedExecutor(
            membership.isRotating() ? ROTATION_MILLIS : 0, TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (hasOtherKey()) {
                owner.beginAnew();
              } else {
                owner.end(revoked(membership));
              }
            });
  }

  private boolean hasOtherKey() {
    try {
      return !membership.open().id().equals(state.id());
    } catch (MembershipException e) {
      LOG.warn("the membership is not readable reason={}", e.oneLine());
      return false;
    }
  }

  /** What the keeper of the certificate tells. */
  private final class Renewed implements RenewalKeeper.Listener {
    private final Node node;

    Renewed(Node node) {
      this.node = node;
    }

    @Override
    public void renewed(MemberState renewed) {
      node.setIdentity(identityOf(renewed));
      audit.record(Instant.now(), "renewed-own", "until=" + renewed.transport().notAfter());
    }

    @Override
    public void notRenewed(String oneLine) {
      node.setNotRenewed(oneLine);
      audit.record(Instant.now(), "not-renewed", oneLine);
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
                  }
                  done.complete(Map.of("done", true));
                  if (hasOtherKey()) {
                    owner.beginAnew();
                  }
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
