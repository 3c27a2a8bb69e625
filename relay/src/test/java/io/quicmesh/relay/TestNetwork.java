package io.quicmesh.relay;

import io.quicmesh.transport.identity.CertificateAuthority;
import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.identity.RegistrarClaim;
import io.quicmesh.transport.identity.RevocationList;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A network of its own for a test. */
final class TestNetwork {

  private final CertificateAuthority authority = CertificateAuthority.create(Instant.now());

  Fingerprint id() {
    return authority.network();
  }

  TransportIdentity member() {
    KeyPair pair = Keys.generate();
    return new TransportIdentity(
        pair.getPrivate(), authority.issue(pair.getPublic(), Instant.now(), Duration.ofHours(1)));
  }

  /** So many members, the smallest node id first. */
  List<TransportIdentity> members(int count) {
    return Stream.generate(this::member)
        .limit(count)
        .sorted(Comparator.comparing(TransportIdentity::fingerprint))
        .toList();
  }

  /** The same member with another certificate. */
  TransportIdentity renewed(TransportIdentity member, Duration lifetime) {
    return new TransportIdentity(
        member.key(), authority.issue(member.leaf().getPublicKey(), Instant.now(), lifetime));
  }

  /** The CA's word that this node is the registrar, in the run with this boot id. */
  Opaque claim(Fingerprint node, long bootId) {
    return Opaque.of(new RegistrarClaim(id(), node, bootId).sign(authority));
  }

  Opaque revocations(long number, Fingerprint... keys) {
    RevocationList list = new RevocationList(id(), number, Instant.now(), Set.of(keys));
    return Opaque.of(list.sign(authority));
  }
}
