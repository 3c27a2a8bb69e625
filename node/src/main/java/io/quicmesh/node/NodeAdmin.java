package io.quicmesh.node;

import io.quicmesh.migration.CarrierKind;
import io.quicmesh.monitor.AdminActions;
import io.quicmesh.monitor.AdminFailure;
import io.quicmesh.monitor.AdminFailure.Kind;
import io.quicmesh.monitor.FactsSource;
import io.quicmesh.monitor.api.ConnectionStatus;
import io.quicmesh.monitor.api.Facts;
import io.quicmesh.monitor.api.HandoverEntry;
import io.quicmesh.monitor.api.HandoverRequest;
import io.quicmesh.monitor.api.HandoverResult;
import io.quicmesh.monitor.api.Netcheck;
import io.quicmesh.monitor.api.ProbeAnswer;
import io.quicmesh.monitor.api.SimulatedMigrations;
import io.quicmesh.monitor.api.WhyAnswer;
import io.quicmesh.transport.carrier.CircuitCarrier;
import io.quicmesh.transport.carrier.DirectCarrier;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.session.Carrier;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a node can be asked over its admin interface; everything happens on its event loop. */
public final class NodeAdmin implements FactsSource, AdminActions {

  private static final long PROBE_MILLIS_MAX = 5000;
  private static final long HANDOVER_MILLIS_MAX = 8000;
  private static final long HOLD_MILLIS = Duration.ofSeconds(60).toMillis();

  private final Node node;

  public NodeAdmin(Node node) {
    this.node = node;
  }

  @Override
  public CompletionStage<? extends Facts> facts() {
    return node.facts();
  }

  @Override
  public CompletionStage<WhyAnswer> why(String peer) {
    return node.onLoop(
        running -> CompletableFuture.completedFuture(running.factsReader().why(find(peer))));
  }

  /** What the network around this host lets through, as its connections show it. */
  public CompletionStage<Netcheck> netcheck() {
    CompletableFuture<List<InetAddress>> own = new CompletableFuture<>();
    node.runAside(
        () -> {
          try {
            own.complete(
                NetworkInterface.networkInterfaces()
                    .filter(each -> !each.getName().equals(node.tapName()))
                    .flatMap(NetworkInterface::inetAddresses)
                    .toList());
          } catch (SocketException e) {
            own.completeExceptionally(
                new AdminFailure(Kind.FAILED, "this host's addresses: " + e.getMessage()));
          }
        });
    return own.thenCompose(
        addresses ->
            node.onLoop(
                running ->
                    CompletableFuture.completedFuture(running.factsReader().netcheck(addresses))));
  }

  @Override
  public CompletionStage<ProbeAnswer> test(@Nullable String name) {
    return node.onLoop(
        running -> {
          Peer peer = name == null ? firstUp() : find(name);
          CompletableFuture<ProbeAnswer> answer = new CompletableFuture<>();
          peer.probe(rttNanos -> complete(answer, peer, rttNanos));
          return expiring(
              answer, PROBE_MILLIS_MAX, "peer " + peer.name() + " did not answer in 5 s");
        });
  }

  private void complete(CompletableFuture<ProbeAnswer> answer, Peer peer, long rttNanos) {
    CarrierEntry current = peer.carriers().current();
    if (current == null) {
      answer.completeExceptionally(new AdminFailure(Kind.FAILED, "the carrier is gone again"));
      return;
    }
    answer.complete(
        new ProbeAnswer(
            peer.name(), current.id().label(), rttNanos / 1e6, connection(current.carrier())));
  }

  private ConnectionStatus connection(Carrier carrier) {
    QuicConnection connection =
        carrier instanceof DirectCarrier direct
            ? direct.connection()
            : ((CircuitCarrier) carrier).client().connection();
    return node.journal()
        .tracker()
        .connection(connection.id(), node.context().clock().instant(), node.context().nowNanos())
        .map(node.factsReader()::connection)
        .orElseThrow(() -> new AdminFailure(Kind.FAILED, "the connection is gone again"));
  }

  @Override
  public CompletionStage<?> simulateMigration(@Nullable String target) {
    return node.onLoop(
        running -> {
          if (target == null) {
            return moving()
                .move(movable())
                .thenApply(moved -> (Object) new SimulatedMigrations(moved));
          }
          QuicConnection connection = movable(target);
          return moving().move(List.of(connection)).thenApply(moved -> (Object) moved.get(0));
        });
  }

  private SimulatedMoves moving() {
    return new SimulatedMoves(node.context(), node.journal(), node.underlay().uplinks());
  }

  private List<QuicConnection> movable() {
    List<QuicConnection> movable =
        node.journal().connections().stream()
            .filter(connection -> connection.role() == QuicConnection.Role.CLIENT)
            .toList();
    if (movable.isEmpty()) {
      throw new AdminFailure(Kind.FAILED, "no connection here is one that this node dialled");
    }
    return movable;
  }

  private QuicConnection movable(String target) {
    QuicConnection connection =
        target.startsWith("relay:") ? relayConnection(target) : directConnection(find(target));
    if (connection.role() == QuicConnection.Role.SERVER) {
      throw new AdminFailure(
          Kind.FAILED,
          "this node is the server of the connection to "
              + target
              + ", and QUIC moves clients only: try it on the other host");
    }
    return connection;
  }

  private QuicConnection relayConnection(String target) {
    String label = relay(target);
    for (ConfiguredRelay link : node.relays().all()) {
      RelayClient client = link.client();
      if (link.label().equals(label) && client != null) {
        return client.connection();
      }
    }
    throw new AdminFailure(Kind.OTHER_SIDE_NOT_THERE, "there is no connection to " + target);
  }

  private static QuicConnection directConnection(Peer peer) {
    for (CarrierEntry entry : peer.carriers().entries()) {
      if (entry.carrier() instanceof DirectCarrier direct) {
        return direct.connection();
      }
    }
    throw new AdminFailure(
        Kind.OTHER_SIDE_NOT_THERE, "there is no direct connection to " + peer.name());
  }

  @Override
  public CompletionStage<HandoverResult> handover(HandoverRequest request) {
    CarrierKind kind = kind(request.target());
    String relay = relay(request.target());
    Long asked = request.holdMs();
    long holdMillis = asked == null ? HOLD_MILLIS : asked;
    return node.onLoop(
        running -> {
          Peer peer = find(request.peer());
          CompletableFuture<HandoverResult> answer = new CompletableFuture<>();
          CarrierEntry current = peer.carriers().current();
          boolean isThere = isOn(current, kind, relay);
          Consumer<HandoverEntry> listener = entry -> handleEnded(answer, peer, kind, relay, entry);
          running.journal().addHandoverListener(listener);
          var unused =
              answer.whenComplete(
                  (done, failure) -> running.journal().removeHandoverListener(listener));
          peer.force(kind, relay, holdMillis);
          if (isThere) {
            answer.complete(new HandoverResult(HandoverEntry.DONE, List.of(), 0.0, 0));
          }
          return expiring(
              answer,
              HANDOVER_MILLIS_MAX,
              "no " + request.target() + " carrier to " + peer.name() + " came up in 8 s");
        });
  }

  private static void handleEnded(
      CompletableFuture<HandoverResult> answer,
      Peer peer,
      CarrierKind kind,
      @Nullable String relay,
      HandoverEntry entry) {
    // Also one that another took the place of, if the lanes had moved before that.
    boolean isThere = isOn(peer.carriers().current(), kind, relay);
    if (entry.peer().equals(peer.name()) && isThere) {
      answer.complete(
          new HandoverResult(
              HandoverEntry.DONE, entry.steps(), entry.gapMs(), entry.framesResent()));
    }
  }

  private static boolean isOn(
      @Nullable CarrierEntry current, CarrierKind kind, @Nullable String relay) {
    return current != null
        && current.id().kind() == kind
        && (relay == null || current.id().name().equals(relay));
  }

  private static CarrierKind kind(String target) {
    if (target.equals("direct")) {
      return CarrierKind.DIRECT;
    } else if (target.equals("relay") || target.startsWith("relay:")) {
      return CarrierKind.RELAY;
    }
    throw new AdminFailure(
        Kind.USAGE, "'" + target + "' is no carrier: write direct, relay or relay:HOST");
  }

  private @Nullable String relay(String target) {
    if (!target.startsWith("relay:")) {
      return null;
    }
    String host = target.substring("relay:".length());
    for (ConfiguredRelay link : node.relays().all()) {
      if (link.label().equals(host) || link.label().startsWith(host + ":")) {
        return link.label();
      }
    }
    throw new AdminFailure(Kind.UNKNOWN, "no relay is called '" + host + "' here");
  }

  private <T> CompletionStage<T> expiring(CompletableFuture<T> answer, long millis, String reason) {
    var timeout =
        node.context()
            .loop()
            .schedule(
                () ->
                    answer.completeExceptionally(
                        new AdminFailure(Kind.OTHER_SIDE_NOT_THERE, reason)),
                millis,
                TimeUnit.MILLISECONDS);
    var unused = answer.whenComplete((done, failure) -> timeout.cancel(false));
    return answer;
  }

  private Peer find(String name) {
    Peer peer = node.mesh().find(name);
    if (peer == null) {
      throw new AdminFailure(
          Kind.UNKNOWN,
          "no peer '"
              + name
              + "' has been seen of late: it is offline, or not a member; see quicmesh peers and"
              + " status");
    }
    return peer;
  }

  private Peer firstUp() {
    for (Peer peer : node.mesh().peers()) {
      if (peer.carriers().current() != null) {
        return peer;
      }
    }
    throw new AdminFailure(Kind.OTHER_SIDE_NOT_THERE, "no peer is up");
  }
}
