package io.quicmesh.node;

import io.quicmesh.node.NodeIdentity.RelayAddress;
import io.quicmesh.transport.identity.CertificateAuthority;
import io.quicmesh.transport.identity.Certificates;
import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.identity.MembershipRecord;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.OverlayAddress;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One network with some nodes and relays; the nodes in the order of their ids, so that chance in
 * the keys changes nothing.
 */
final class WorldIdentities {

  static final int NODES_MAX = 3;
  static final int RELAYS_MAX = 2;
  static final int RELAY_PORT = 4433;

  final Instant now = Instant.now();
  final CertificateAuthority authority = CertificateAuthority.create(now);
  final List<TransportIdentity> nodes = new ArrayList<>();
  final List<TransportIdentity> relays = new ArrayList<>();
  private final List<Opaque> records = new ArrayList<>();

  WorldIdentities() {
    for (int i = 0; i < NODES_MAX; i++) {
      KeyPair pair = Keys.generate();
      nodes.add(
          new TransportIdentity(
              pair.getPrivate(), authority.issue(pair.getPublic(), now, Duration.ofDays(2))));
    }
    nodes.sort(Comparator.comparing(TransportIdentity::fingerprint));
    for (int i = 0; i < NODES_MAX; i++) {
      records.add(Opaque.of(record(i).sign(authority)));
    }
    for (int i = 0; i < RELAYS_MAX; i++) {
      relays.add(Certificates.selfSigned(Keys.generate(), now));
    }
  }

  private MembershipRecord record(int index) {
    return new MembershipRecord(
        nodes.get(index).fingerprint(),
        authority.network(),
        "node" + index,
        address(index),
        new MembershipRecord.Term(now.minusSeconds(60), now.plus(Duration.ofDays(2)), index + 1));
  }

  private static OverlayAddress address(int index) {
    return OverlayAddress.parse("10.66.0." + (index + 1) + "/24");
  }

  static String relayHost(int index) {
    return "192.0.2." + (index + 1);
  }

  NodeIdentity node(int index, int relayCount) {
    List<RelayAddress> addresses = new ArrayList<>();
    for (int i = 0; i < relayCount; i++) {
      addresses.add(new RelayAddress(relayHost(i), RELAY_PORT, relays.get(i).fingerprint()));
    }
    return new NodeIdentity(
        nodes.get(index),
        authority.network(),
        "world",
        "node" + index,
        address(index),
        records.get(index),
        addresses,
        false);
  }
}
