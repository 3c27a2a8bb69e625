package io.quicmesh.transport.quic;

import io.quicmesh.transport.identity.CertificateAuthority;
import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.identity.MemberVerifier;
import io.quicmesh.transport.identity.RevokedKeys;
import io.quicmesh.transport.identity.TransportIdentity;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A network of its own for a test. */
final class TestNetwork {

  private final CertificateAuthority authority = CertificateAuthority.create(Instant.now());

  TransportIdentity member() {
    KeyPair pair = Keys.generate();
    return new TransportIdentity(
        pair.getPrivate(), authority.issue(pair.getPublic(), Instant.now(), Duration.ofHours(1)));
  }

  MemberVerifier anyMember() {
    return MemberVerifier.ofNetwork(authority.network(), RevokedKeys.NONE, InstantSource.system());
  }
}
