package io.quicmesh.node;

import io.netty.util.concurrent.Future;
import io.quicmesh.migration.WarmRelays;
import io.quicmesh.migration.WarmRelaysOutput;
import io.quicmesh.node.NodeIdentity.RelayAddress;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.carrier.CircuitCarrier;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.identity.CertificateChain;
import io.quicmesh.transport.identity.RelayVerifier;
import io.quicmesh.transport.quic.Alpn;
import io.quicmesh.transport.quic.DialException;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.Capability;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.StreamHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's connections to its network's relays; keeps two of them warm. Loop-owned. */
final class Relays implements RelayClient.Owner {

  private static final Logger LOG = LoggerFactory.getLogger(Relays.class);

  private static final int PROTOCOL_VERSION = 1;
  private static final long CONNECT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long PING_IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long PING_LOST_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  private static final long MOVE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Hears of peers and circuits. */
  interface Host {

    void presence(RelayClient relay, ControlMessage.Presence presence);

    void circuitOpened(RelayClient relay, Fingerprint peer, CircuitCarrier circuit);

    void joinOpened(RelayClient relay, StreamHeader.Join header, ReceiveStream stream);

    void relayUp(RelayClient relay);

    void relayDown(RelayClient relay, String cause);

    /** The relay sees this node at another address than before. */
    void relayObserved(RelayClient relay);

    void relayDraining(RelayClient relay);

    void relayPathChanged(RelayClient relay, PathEvent event);

    /** The relay answered what was sent at this time. */
    void relayEchoed(RelayClient relay, long sentNanos);

    void revocations(byte[] signedList);

    /**
     * A relay knows two hosts with this node's key.
     *
     * @param isSelfFirst whether this host was there before the other one
     */
    void duplicateKey(String relay, boolean isSelfFirst);

    /** The first attempt to reach a relay has come to an end, one way or the other. */
    void firstAttemptOver();
  }

  /** One configured relay. */
  static final class Link {
    private final RelayAddress address;
    private @Nullable RelayClient client;
    private @Nullable InetSocketAddress observed;
    private @Nullable String reason;
    private boolean welcomed;
    private boolean connecting;
    private long pingSentNanos;
    private long pongNanos;
    private long rttNanos = -1;

    Link(RelayAddress address) {
      this.address = address;
    }

    String label() {
      return address.label();
    }

    boolean isUp() {
      return welcomed;
    }

    boolean isConnecting() {
      return connecting || (client != null && !welcomed);
    }

    @Nullable RelayClient client() {
      return client;
    }

    @Nullable InetSocketAddress observed() {
      return observed;
    }

    @Nullable String reason() {
      return reason;
    }

    /** Round-trip time in nanoseconds, or -1. */
    long rttNanos() {
      return rttNanos;
    }
  }

  private final NodeContext context;
  private final Executor resolver;
  private final Host host;
  private final WarmRelays warm;
  private final Map<String, Link> links = new LinkedHashMap<>();
  private final LoopAlarm alarm;
  private @Nullable Opaque revocationList;
  private long lostNotBeforeNanos;
  private @Nullable Opaque registrarClaim;
  private boolean firstOver;
  private boolean closed;

  /**
   * @param resolver runs what may block: looking up names
   */
  Relays(NodeContext context, Executor resolver, Host host) {
    this.context = context;
    this.resolver = resolver;
    this.host = host;
    for (RelayAddress relay : context.identity().relays()) {
      links.put(relay.label(), new Link(relay));
    }
    this.warm = new WarmRelays(List.copyOf(links.keySet()), context.nowNanos());
    this.lostNotBeforeNanos = context.nowNanos();
    this.alarm = new LoopAlarm(context.loop(), this::drive);
  }

  void start() {
    if (links.isEmpty()) {
      tellFirstOver();
    }
    drive();
  }

  private void drive() {
    if (closed) {
      return;
    }
    long now = context.nowNanos();
    warm.handleDeadline(now);
    WarmRelaysOutput output = warm.poll();
    while (output != null) {
      if (output instanceof WarmRelaysOutput.Connect connect) {
        connect(links.get(connect.relay()));
      } else if (output instanceof WarmRelaysOutput.Release release) {
        release(links.get(release.relay()));
      }
      output = warm.poll();
    }
    long next = warm.nextDeadlineNanos();
    for (Link link : links.values()) {
      next = Math.min(next, ping(link, now));
    }
    alarm.setAt(next);
  }

  private void release(@Nullable Link link) {
    if (link != null && link.client != null) {
      link.client.connection().close(CloseCode.NONE);
    }
  }

  // Connect.

  private void connect(@Nullable Link link) {
    if (link == null) {
      return;
    }
    link.connecting = true;
    resolver.execute(
        () -> {
          try {
            InetAddress[] found = InetAddress.getAllByName(link.address.host());
            context.loop().execute(() -> dial(link, new ArrayDeque<>(Arrays.asList(found))));
          } catch (UnknownHostException e) {
            String reason = "the name " + link.address.host() + " is not known to the resolver";
            context.loop().execute(() -> handleFailed(link, reason));
          }
        });
  }

  private void dial(Link link, Deque<InetAddress> addresses) {
    InetAddress next = addresses.poll();
    if (next == null || closed) {
      handleFailed(link, link.reason == null ? "no address answered" : link.reason);
      return;
    }
    InetSocketAddress remote = new InetSocketAddress(next, link.address.port());
    Future<QuicConnection> dialled =
        context
            .dialer()
            .dial(
                remote,
                Alpn.RELAY,
                new RelayVerifier(link.address.fingerprint()),
                CONNECT_TIMEOUT_NANOS);
    dialled.addListener(
        done -> {
          if (dialled.isSuccess()) {
            handleConnected(link, dialled.getNow());
          } else {
            link.reason = reasonOf(link, dialled.cause());
            dial(link, addresses);
          }
        });
  }

  private String reasonOf(Link link, Throwable cause) {
    int code = cause instanceof DialException dial ? dial.code() : CloseCode.NONE.code();
    String refusal = refusal(link, code);
    return refusal == null ? String.valueOf(cause.getMessage()) : refusal;
  }

  /** Why the relay does not want this host, if it does not. */
  private @Nullable String refusal(Link link, int code) {
    if (code == CloseCode.DUPLICATE_KEY.code()) {
      host.duplicateKey(link.label(), false);
    }
    return RelayRefusal.explain(code, context.identity(), context.clock().instant());
  }

  private void handleConnected(Link link, QuicConnection connection) {
    link.connecting = false;
    if (closed) {
      connection.close(CloseCode.SHUTTING_DOWN);
      return;
    }
    int capabilities =
        (context.settings().direct() ? Capability.DIRECT : 0)
            | (context.settings().isMobile() ? Capability.MOBILE : 0)
            | (context.identity().isRegistrar() ? Capability.REGISTRAR : 0);
    ControlMessage.Hello hello =
        new ControlMessage.Hello(
            PROTOCOL_VERSION, context.bootId(), capabilities, "quicmesh " + Version.TEXT);
    link.pongNanos = context.nowNanos();
    link.pingSentNanos = link.pongNanos;
    link.client = new RelayClient(connection, link.label(), hello, this);
    drive();
  }

  private void handleFailed(Link link, String reason) {
    link.connecting = false;
    if (!reason.equals(link.reason) || !firstOver) {
      LOG.warn("relay not reached relay={} reason={}", link.label(), reason);
    }
    link.reason = reason;
    warm.handleDown(link.label(), context.nowNanos());
    tellFirstOver();
    drive();
  }

  private void tellFirstOver() {
    if (!firstOver) {
      firstOver = true;
      host.firstAttemptOver();
    }
  }

  // Health of the connection to the relay itself.

  private long ping(Link link, long nowNanos) {
    RelayClient client = link.client;
    if (client == null) {
      return Long.MAX_VALUE;
    }
    boolean isAnswered = link.pongNanos - link.pingSentNanos >= 0;
    if (isAnswered && nowNanos - link.pingSentNanos >= PING_IDLE_NANOS) {
      link.pingSentNanos = nowNanos;
      client.connection().send(new ControlMessage.Ping(nowNanos));
      isAnswered = false;
    }
    long lostNanos = Math.max(link.pingSentNanos + PING_LOST_NANOS, lostNotBeforeNanos);
    if (!isAnswered && nowNanos >= lostNanos) {
      link.reason = "silent for " + TimeUnit.NANOSECONDS.toMillis(PING_LOST_NANOS) + " ms";
      client.connection().close(CloseCode.TIMED_OUT);
      return Long.MAX_VALUE;
    }
    return isAnswered ? link.pingSentNanos + PING_IDLE_NANOS : lostNanos;
  }

  // What relays tell.

  @Override
  public void control(RelayClient client, ControlMessage message) {
    Link link = linkOf(client);
    if (link == null) {
      return;
    }
    if (message instanceof ControlMessage.Welcome welcome) {
      link.observed = welcome.observed();
      link.reason = null;
      link.welcomed = true;
      LOG.info(
          "relay connected relay={} local={} observed={}",
          link.label(),
          Addresses.text(client.connection().localAddress()),
          Addresses.text(welcome.observed()));
      warm.handleUp(link.label(), context.nowNanos());
      sendRevocations(client);
      proveRegistrar(client);
      host.relayUp(client);
      tellFirstOver();
    } else if (message instanceof ControlMessage.Observed observed) {
      link.observed = observed.address();
      host.relayObserved(client);
    } else if (message instanceof ControlMessage.Presence presence) {
      host.presence(client, presence);
    } else if (message instanceof ControlMessage.Pong pong) {
      handlePong(link, client, pong.number());
    } else if (message instanceof ControlMessage.CircuitClosed closed
        && closed.code() == CloseCode.DUPLICATE_KEY.code()) {
      host.duplicateKey(link.label(), true);
    } else if (message instanceof ControlMessage.Drain) {
      host.relayDraining(client);
    } else if (message instanceof ControlMessage.Revocations revocations) {
      host.revocations(revocations.signedList().toBytes());
    }
  }

  private void handlePong(Link link, RelayClient client, long sentNanos) {
    long now = context.nowNanos();
    if (sentNanos >= link.pingSentNanos && sentNanos <= now) {
      link.pongNanos = now;
      link.rttNanos = now - sentNanos;
    }
    host.relayEchoed(client, sentNanos);
  }

  @Override
  public void circuitOpened(RelayClient client, Fingerprint peer, CircuitCarrier circuit) {
    host.circuitOpened(client, peer, circuit);
  }

  @Override
  public void joinOpened(RelayClient client, StreamHeader.Join header, ReceiveStream stream) {
    host.joinOpened(client, header, stream);
  }

  @Override
  public void pathChanged(RelayClient client, PathEvent event) {
    host.relayPathChanged(client, event);
  }

  @Override
  public void ended(RelayClient client, int code, String cause) {
    Link link = linkOf(client);
    if (link == null) {
      return;
    }
    link.client = null;
    link.welcomed = false;
    link.rttNanos = -1;
    String refusal = refusal(link, code);
    link.reason = refusal != null ? refusal : link.reason == null ? cause : link.reason;
    if (!closed) {
      LOG.warn("relay lost relay={} cause={}", link.label(), link.reason);
    }
    warm.handleDown(link.label(), context.nowNanos());
    host.relayDown(client, cause);
    tellFirstOver();
    drive();
  }

  private @Nullable Link linkOf(RelayClient client) {
    Link link = links.get(client.name());
    return link;
  }

  /** Gives relays the newest revocation list, now and whenever one is connected. */
  void announceRevocations(byte[] signedList) {
    revocationList = Opaque.of(signedList);
    for (Link link : links.values()) {
      sendRevocations(link.client);
    }
  }

  private void sendRevocations(@Nullable RelayClient client) {
    if (client != null && revocationList != null) {
      client.connection().send(new ControlMessage.Revocations(revocationList));
    }
  }

  /** Shows relays the CA's word that this node is the registrar, now and on new connections. */
  void announceRegistrar(Opaque claim) {
    registrarClaim = claim;
    links.values().stream().filter(Link::isUp).forEach(link -> proveRegistrar(link.client));
  }

  private void proveRegistrar(@Nullable RelayClient client) {
    if (client != null && registrarClaim != null) {
      client.connection().send(new ControlMessage.RegistrarProof(registrarClaim));
    }
  }

  /** Shows relays this node's next certificate; those that refused the last are tried again. */
  void announceCertificate() {
    Opaque chain = Opaque.of(CertificateChain.encode(context.identity().transport().chain()));
    for (Link link : links.values()) {
      if (link.client != null) {
        link.client.connection().send(new ControlMessage.Renewed(chain));
      }
    }
    warm.handleNetworkChanged(context.nowNanos());
    drive();
  }

  /** Ends a connection to a relay and makes another one; false if it is not one to a relay. */
  boolean reconnect(QuicConnection connection) {
    for (Link link : links.values()) {
      RelayClient client = link.client;
      if (client != null && client.connection() == connection) {
        link.reason = "renewed";
        connection.close(CloseCode.NONE);
        warm.handleNetworkChanged(context.nowNanos());
        drive();
        return true;
      }
    }
    return false;
  }

  /** The host's network changed: relay connections that move get time for it. */
  void handleNetworkChanged() {
    lostNotBeforeNanos = context.nowNanos() + MOVE_NANOS;
    warm.handleNetworkChanged(context.nowNanos());
    drive();
  }

  void close() {
    closed = true;
    alarm.cancel();
    for (Link link : links.values()) {
      release(link);
    }
  }

  List<Link> links() {
    return List.copyOf(links.values());
  }

  /** An address of this node as one of its relays sees it, or null. */
  @Nullable InetSocketAddress observed() {
    for (Link link : links.values()) {
      if (link.welcomed && link.observed != null) {
        return link.observed;
      }
    }
    return null;
  }
}
