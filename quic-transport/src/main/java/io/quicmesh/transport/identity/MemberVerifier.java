package io.quicmesh.transport.identity;

import io.quicmesh.transport.identity.VerifiedPeer.Kind;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Accepts members: nodes whose transport certificate the CA of an accepted network has signed, is
 * valid now, and is not revoked. The chain is leaf and CA certificate; the CA's key must have the
 * network id as its fingerprint, so nothing else needs to be trusted. Immutable.
 */
public final class MemberVerifier implements PeerVerifier {

  private static final Set<String> EXTENSIONS = Set.of("2.5.29.15", "2.5.29.37");

  private final Predicate<Fingerprint> networks;
  private final @Nullable Fingerprint expected;
  private final RevokedKeys revoked;
  private final InstantSource clock;

  private MemberVerifier(
      Predicate<Fingerprint> networks,
      @Nullable Fingerprint expected,
      RevokedKeys revoked,
      InstantSource clock) {
    this.networks = networks;
    this.expected = expected;
    this.revoked = revoked;
    this.clock = clock;
  }

  /** Members of one network. */
  public static MemberVerifier ofNetwork(
      Fingerprint network, RevokedKeys revoked, InstantSource clock) {
    return new MemberVerifier(network::equals, null, revoked, clock);
  }

  /** Members of any network that passes the test; for relays. */
  public static MemberVerifier ofNetworks(
      Predicate<Fingerprint> allowed, RevokedKeys revoked, InstantSource clock) {
    return new MemberVerifier(allowed, null, revoked, clock);
  }

  /** The same, but only the node with this id. */
  public MemberVerifier expecting(Fingerprint nodeId) {
    return new MemberVerifier(networks, nodeId, revoked, clock);
  }

  /** The same, and joining hosts as well; for relays. */
  public PeerVerifier orJoiner() {
    PeerVerifier joiner = new JoinerVerifier();
    return chain -> chain.size() == 1 ? joiner.verify(chain) : verify(chain);
  }

  @Override
  public VerifiedPeer verify(List<X509Certificate> chain) throws PeerRefusedException {
    if (chain.size() != 2) {
      throw new PeerRefusedException(
          CloseCode.NOT_ALLOWED,
          "the peer showed no certificate of a network: it must join one first");
    }
    X509Certificate leaf = chain.get(0);
    X509Certificate authority = chain.get(1);
    if (!Keys.isP256(leaf.getPublicKey()) || !Keys.isP256(authority.getPublicKey())) {
      throw new PeerRefusedException(CloseCode.NOT_ALLOWED, "the peer's key is not P-256");
    }
    Fingerprint node = Keys.fingerprint(leaf.getPublicKey());
    Fingerprint network = Keys.fingerprint(authority.getPublicKey());
    checkNetwork(node, network);
    checkExpected(node);
    checkIssued(leaf, authority, node, network);
    Validity.of(leaf).check("certificate", node, clock.instant());
    if (revoked.contains(network, node)) {
      throw new PeerRefusedException(
          CloseCode.REVOKED,
          "the key of node " + node.shortText() + " is revoked: it must join again with a new key");
    }
    return new VerifiedPeer(node, network, Kind.MEMBER, leaf.getNotAfter().toInstant());
  }

  private void checkNetwork(Fingerprint node, Fingerprint network) throws PeerRefusedException {
    if (!networks.test(network)) {
      throw new PeerRefusedException(
          CloseCode.NOT_ALLOWED,
          "node " + node.shortText() + " is of network " + network + ", which is not allowed here");
    }
  }

  private void checkExpected(Fingerprint node) throws PeerRefusedException {
    if (expected != null && !expected.equals(node)) {
      throw new PeerRefusedException(
          CloseCode.WRONG_PEER,
          "node " + expected.shortText() + " was expected and " + node.shortText() + " answered");
    }
  }

  private static void checkIssued(
      X509Certificate leaf, X509Certificate authority, Fingerprint node, Fingerprint network)
      throws PeerRefusedException {
    if (!leaf.getSigAlgName().equals(Keys.SIGNATURE_ALGORITHM)
        || !Certificates.isSignedBy(leaf, authority.getPublicKey())) {
      throw new PeerRefusedException(
          CloseCode.NOT_ALLOWED,
          "the certificate of node " + node.shortText() + " is not signed by its network's CA");
    }
    byte[] subject = Certificates.memberSubject(node, network).getEncoded();
    byte[] issuer = Certificates.authoritySubject(network).getEncoded();
    if (!Arrays.equals(leaf.getSubjectX500Principal().getEncoded(), subject)
        || !Arrays.equals(leaf.getIssuerX500Principal().getEncoded(), issuer)
        || leaf.getBasicConstraints() >= 0
        || !Certificates.extensionsAmong(leaf, EXTENSIONS)) {
      throw new PeerRefusedException(
          CloseCode.NOT_ALLOWED,
          "the certificate of node " + node.shortText() + " is not a transport certificate");
    }
  }
}
