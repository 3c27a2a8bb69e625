package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import org.jspecify.annotations.Nullable;

/**
 * What admitted nodes prove by documents of their network's CA: which keys are revoked, that a
 * certificate was renewed, that a node is the registrar. The shell checks the signatures; here is
 * decided what follows.
 */
final class Proofs {

  private final Outbox outbox;
  private final Networks networks;
  private final Roster roster;
  private final Announcer announcer;

  Proofs(Outbox outbox, Networks networks, Roster roster, Announcer announcer) {
    this.outbox = outbox;
    this.networks = networks;
    this.roster = roster;
    this.announcer = announcer;
  }

  /** Has a document checked; false if the message carries none. */
  boolean handleMessage(NodeConnection from, ControlMessage message) {
    Fingerprint network = from.network.id;
    if (message instanceof ControlMessage.Revocations list) {
      outbox.add(new Output.CheckRevocations(from.number, network, list.signedList()));
    } else if (message instanceof ControlMessage.Renewed renewed) {
      outbox.add(new Output.CheckCertificate(from.number, network, from.id, renewed.chain()));
    } else if (message instanceof ControlMessage.RegistrarProof proof) {
      Output.Claimant claimant = new Output.Claimant(network, from.id, from.bootId);
      outbox.add(new Output.CheckRegistrar(from.number, claimant, proof.claim()));
    } else {
      return false;
    }
    return true;
  }

  /** A list from an earlier run of the relay. */
  void restore(Fingerprint id, RevokedList list) {
    Network network = networks.isAllowed(id) ? networks.enter(id) : null;
    if (network != null && !isOlder(list, network)) {
      network.revoked = list;
    }
  }

  /** A list was checked; null if its signature does not hold. */
  void handleRevocations(NodeConnection from, @Nullable RevokedList list, long nowNanos) {
    Network network = from.network;
    if (list == null) {
      outbox.count(Refusal.REVOCATIONS_INVALID);
    } else if (isOlder(list, network)) {
      outbox.count(Refusal.REVOCATIONS_STALE);
    } else {
      network.revoked = list;
      outbox.add(new Output.KeepRevocations(network.id, list.signedList()));
      announcer.happened(RelayEvent.Kind.REVOCATIONS, from, list.keys().size() + " keys");
      announcer.tellAll(network, new ControlMessage.Revocations(list.signedList()));
      roster.closeRevoked(network, nowNanos);
    }
  }

  /** A renewed certificate was checked; null if it is none for this node. */
  void handleRenewed(NodeConnection from, @Nullable Long expiresAtNanos) {
    if (expiresAtNanos == null) {
      outbox.count(Refusal.CERTIFICATE_INVALID);
    } else {
      roster.prolong(from, expiresAtNanos);
    }
  }

  /** A registrar's claim was checked. */
  void handleRegistrar(NodeConnection from, boolean proven) {
    if (proven) {
      from.isRegistrar = true;
    } else {
      outbox.count(Refusal.REGISTRAR_NOT_PROVEN);
      announcer.happened(RelayEvent.Kind.NODE_REFUSED, from, Refusal.REGISTRAR_NOT_PROVEN.text());
    }
  }

  private static boolean isOlder(RevokedList list, Network network) {
    return network.revoked != null && network.revoked.number() >= list.number();
  }
}
