package io.quicmesh.node;

import io.quicmesh.node.NodeIdentity.RelayAddress;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.carrier.CircuitCarrier;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.quic.DialException;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.Capability;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.StreamHeader;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One relay of the network as this node knows it: the connection to it if there is one, what it
 * says, whether it still answers, and why not. Loop-owned.
 */
final class ConfiguredRelay implements RelayClient.Owner, RelayDialer.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(ConfiguredRelay.class);

  private static final int PROTOCOL_VERSION = 1;

  /** How a connection ended, and why, if that was this side's doing. */
  enum End {
    LOST(null),
    SILENT(RelayPings.SILENCE),
    RENEWED("renewed"),
    LET_GO("other relays are kept");

    private final @Nullable String reason;

    End(@Nullable String reason) {
      this.reason = reason;
    }
  }

  /** Hears of the connection. */
  interface Owner {

    /** A connection is there; the relay has not answered on it yet. */
    void connected();

    /** The relay takes this node. */
    void welcomed(ConfiguredRelay relay, RelayClient client);

    /**
     * No connection came up.
     *
     * @param isNews whether the reason is another than before
     */
    void notReached(ConfiguredRelay relay, boolean isNews);

    /** The connection ended. */
    void lost(ConfiguredRelay relay, RelayClient client, String cause, End end);
  }

  private final RelayAddress address;
  private final NodeContext context;
  private final Relays.Host host;
  private final Owner owner;
  private final RelayDialer dialer;
  private final RelayPings pings;
  private @Nullable RelayClient client;
  private @Nullable InetSocketAddress observed;
  private @Nullable String reason;
  private @Nullable String reasonBefore;
  private boolean welcomed;
  private boolean connecting;
  private End end = End.LOST;
  private boolean closed;

  /**
   * @param resolver runs what may block: looking up names
   */
  ConfiguredRelay(
      RelayAddress address, NodeContext context, Executor resolver, Relays.Host host, Owner owner) {
    this.address = address;
    this.context = context;
    this.host = host;
    this.owner = owner;
    this.dialer = new RelayDialer(context, resolver, address, this);
    this.pings = new RelayPings(context.nowNanos());
  }

  // Connect.

  void connect() {
    connecting = true;
    reasonBefore = reason;
    dialer.dial();
  }

  @Override
  public void addressFailed(Throwable cause) {
    int code = cause instanceof DialException dial ? dial.code() : CloseCode.NONE.code();
    String refusal = refusal(code);
    reason = refusal == null ? String.valueOf(cause.getMessage()) : refusal;
  }

  /** Why the relay does not want this host, if it does not. */
  private @Nullable String refusal(int code) {
    if (code == CloseCode.DUPLICATE_KEY.code()) {
      host.duplicateKey(label(), false);
    }
    return RelayRefusal.explain(code, context.identity(), context.clock().instant());
  }

  @Override
  public void failed(@Nullable String withoutAddress) {
    connecting = false;
    String failure = reason == null ? "no address answered" : reason;
    reason = withoutAddress == null ? failure : withoutAddress;
    owner.notReached(this, !reason.equals(reasonBefore));
  }

  @Override
  public void connected(QuicConnection connection) {
    connecting = false;
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
    end = End.LOST;
    pings.handleConnected(context.nowNanos());
    client = new RelayClient(connection, label(), hello, this);
    owner.connected();
  }

  // Health of the connection to the relay itself.

  /** Asks the relay whether it is there if that is due; returns when to call this again. */
  long drive(long nowNanos) {
    RelayClient there = client;
    if (there == null) {
      return Long.MAX_VALUE;
    }
    switch (pings.handleDeadline(nowNanos)) {
      case ASK -> there.connection().send(new ControlMessage.Ping(nowNanos));
      case LOST -> {
        end = End.SILENT;
        there.connection().close(CloseCode.TIMED_OUT);
        return Long.MAX_VALUE;
      }
      case WAIT -> {}
    }
    return pings.nextDeadlineNanos();
  }

  /** The host's network changed: a connection that moves gets time for it. */
  void handleNetworkChanged(long nowNanos) {
    pings.handleNetworkChanged(nowNanos);
  }

  // What the relay tells.

  @Override
  public void control(RelayClient from, ControlMessage message) {
    if (message instanceof ControlMessage.Welcome welcome) {
      handleWelcome(from, welcome);
    } else if (message instanceof ControlMessage.Observed now) {
      observed = now.address();
      host.relayObserved(from);
    } else if (message instanceof ControlMessage.Presence presence) {
      host.presence(from, presence);
    } else if (message instanceof ControlMessage.Pong pong) {
      pings.handleAnswer(pong.number(), context.nowNanos());
      host.relayEchoed(from, pong.number());
    } else if (message instanceof ControlMessage.CircuitClosed circuit
        && circuit.code() == CloseCode.DUPLICATE_KEY.code()) {
      host.duplicateKey(label(), true);
    } else if (message instanceof ControlMessage.Drain) {
      host.relayDraining(from);
    } else if (message instanceof ControlMessage.Revocations revocations) {
      host.revocations(revocations.signedList().toBytes());
    }
  }

  private void handleWelcome(RelayClient from, ControlMessage.Welcome welcome) {
    observed = welcome.observed();
    reason = null;
    welcomed = true;
    LOG.info(
        "relay connected relay={} local={} observed={}",
        label(),
        Addresses.text(from.connection().localAddress()),
        Addresses.text(welcome.observed()));
    owner.welcomed(this, from);
  }

  @Override
  public void circuitOpened(RelayClient from, Fingerprint peer, CircuitCarrier circuit) {
    host.circuitOpened(from, peer, circuit);
  }

  @Override
  public void joinOpened(RelayClient from, StreamHeader.Join header, ReceiveStream stream) {
    host.joinOpened(from, header, stream);
  }

  @Override
  public void pathChanged(RelayClient from, PathEvent event) {
    host.relayPathChanged(from, event);
  }

  // End.

  @Override
  public void ended(RelayClient from, int code, String cause) {
    client = null;
    welcomed = false;
    pings.handleDisconnected();
    String refusal = refusal(code);
    reason = refusal != null ? refusal : end.reason == null ? cause : end.reason;
    owner.lost(this, from, cause, end);
  }

  /** Ends the connection, if there is one, because others will do. */
  void release() {
    if (client != null) {
      end = End.LET_GO;
      client.connection().close(CloseCode.NONE);
    }
  }

  /** Ends the connection if it is this one, so that another is made; false if it is not. */
  boolean releaseForRenewal(QuicConnection connection) {
    boolean isOurs = client != null && client.connection() == connection;
    if (isOurs) {
      end = End.RENEWED;
      connection.close(CloseCode.NONE);
    }
    return isOurs;
  }

  void close() {
    closed = true;
    dialer.close();
    release();
  }

  // Facts.

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

  /** This node's address as the relay saw it last, or null. */
  @Nullable InetSocketAddress observed() {
    return observed;
  }

  /** Why there is no connection, or why the last one ended; null if one is up. */
  @Nullable String reason() {
    return reason;
  }

  /** Round-trip time in nanoseconds, or -1. */
  long rttNanos() {
    return pings.rttNanos();
  }
}
