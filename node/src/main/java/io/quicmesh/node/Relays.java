package io.quicmesh.node;

import io.quicmesh.migration.WarmRelays;
import io.quicmesh.migration.WarmRelaysOutput;
import io.quicmesh.node.NodeIdentity.RelayAddress;
import io.quicmesh.transport.carrier.CircuitCarrier;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.identity.CertificateChain;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.StreamHeader;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relays of this node's network: keeps two of them connected, and tells all that are what a
 * relay must know. Loop-owned.
 */
final class Relays implements ConfiguredRelay.Owner {

  private static final Logger LOG = LoggerFactory.getLogger(Relays.class);

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

  private final NodeContext context;
  private final Host host;
  private final WarmRelays warm;
  private final Map<String, ConfiguredRelay> relays = new LinkedHashMap<>();
  private final LoopAlarm alarm;
  private @Nullable Opaque revocationList;
  private @Nullable Opaque registrarClaim;
  private boolean firstOver;
  private boolean closed;

  /**
   * @param resolver runs what may block: looking up names
   */
  Relays(NodeContext context, Executor resolver, Host host) {
    this.context = context;
    this.host = host;
    for (RelayAddress address : context.identity().relays()) {
      relays.put(address.label(), new ConfiguredRelay(address, context, resolver, host, this));
    }
    this.warm = new WarmRelays(List.copyOf(relays.keySet()), context.nowNanos());
    this.alarm = new LoopAlarm(context.loop(), this::drive);
  }

  void start() {
    if (relays.isEmpty()) {
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
        known(connect.relay()).connect();
      } else if (output instanceof WarmRelaysOutput.Release release) {
        known(release.relay()).release();
      }
      output = warm.poll();
    }
    long next = warm.nextDeadlineNanos();
    for (ConfiguredRelay relay : relays.values()) {
      next = Math.min(next, relay.drive(now));
    }
    alarm.setAt(next);
  }

  private ConfiguredRelay known(String label) {
    return Objects.requireNonNull(relays.get(label));
  }

  // What becomes of connections.

  @Override
  public void connected() {
    drive();
  }

  @Override
  public void welcomed(ConfiguredRelay relay, RelayClient client) {
    warm.handleUp(relay.label(), context.nowNanos());
    sendRevocations(client);
    proveRegistrar(client);
    host.relayUp(client);
    tellFirstOver();
  }

  @Override
  public void notReached(ConfiguredRelay relay, boolean isNews) {
    if (isNews || !firstOver) {
      LOG.warn("relay not reached relay={} reason={}", relay.label(), relay.reason());
    }
    warm.handleDown(relay.label(), context.nowNanos());
    tellFirstOver();
    drive();
  }

  @Override
  public void lost(
      ConfiguredRelay relay, RelayClient client, String cause, ConfiguredRelay.End end) {
    long now = context.nowNanos();
    warm.handleDown(relay.label(), now);
    switch (end) {
      case LOST, SILENT -> LOG.warn("relay lost relay={} cause={}", relay.label(), relay.reason());
      case RENEWED -> {
        LOG.info("relay connection renewed relay={}", relay.label());
        warm.handleNetworkChanged(now);
      }
      case LET_GO -> {
        if (!closed) {
          LOG.info("relay let go relay={}", relay.label());
        }
      }
    }
    host.relayDown(client, cause);
    tellFirstOver();
    drive();
  }

  private void tellFirstOver() {
    if (!firstOver) {
      firstOver = true;
      host.firstAttemptOver();
    }
  }

  // What relays are told.

  /** Gives relays the newest revocation list, now and whenever one is connected. */
  void announceRevocations(byte[] signedList) {
    revocationList = Opaque.of(signedList);
    relays.values().forEach(relay -> sendRevocations(relay.client()));
  }

  private void sendRevocations(@Nullable RelayClient client) {
    if (client != null && revocationList != null) {
      client.connection().send(new ControlMessage.Revocations(revocationList));
    }
  }

  /** Shows relays the CA's word that this node is the registrar, now and on new connections. */
  void announceRegistrar(Opaque claim) {
    registrarClaim = claim;
    relays.values().stream()
        .filter(ConfiguredRelay::isUp)
        .forEach(relay -> proveRegistrar(relay.client()));
  }

  private void proveRegistrar(@Nullable RelayClient client) {
    if (client != null && registrarClaim != null) {
      client.connection().send(new ControlMessage.RegistrarProof(registrarClaim));
    }
  }

  /** Shows relays this node's next certificate; those that refused the last are tried again. */
  void announceCertificate() {
    Opaque chain = Opaque.of(CertificateChain.encode(context.identity().transport().chain()));
    for (ConfiguredRelay relay : relays.values()) {
      RelayClient client = relay.client();
      if (client != null) {
        client.connection().send(new ControlMessage.Renewed(chain));
      }
    }
    warm.handleNetworkChanged(context.nowNanos());
    drive();
  }

  /** Ends a connection to a relay and makes another one; false if it is not one to a relay. */
  boolean reconnect(QuicConnection connection) {
    for (ConfiguredRelay relay : relays.values()) {
      if (relay.releaseForRenewal(connection)) {
        return true;
      }
    }
    return false;
  }

  /** The host's network changed: relay connections that move get time for it. */
  void handleNetworkChanged() {
    long now = context.nowNanos();
    relays.values().forEach(relay -> relay.handleNetworkChanged(now));
    warm.handleNetworkChanged(now);
    drive();
  }

  void close() {
    closed = true;
    alarm.cancel();
    relays.values().forEach(ConfiguredRelay::close);
  }

  /** All that are configured, the preferred one first. */
  List<ConfiguredRelay> all() {
    return List.copyOf(relays.values());
  }

  /** An address of this node as one of its relays sees it, or null. */
  @Nullable InetSocketAddress observed() {
    for (ConfiguredRelay relay : relays.values()) {
      InetSocketAddress observed = relay.observed();
      if (relay.isUp() && observed != null) {
        return observed;
      }
    }
    return null;
  }
}
