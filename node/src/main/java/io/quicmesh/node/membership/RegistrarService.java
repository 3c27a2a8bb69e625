package io.quicmesh.node.membership;

import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.node.registrar.Invitation;
import io.quicmesh.node.registrar.Refusal;
import io.quicmesh.node.registrar.Registrar;
import io.quicmesh.node.registrar.RegistrarState;
import io.quicmesh.node.registrar.Ruling;
import io.quicmesh.transport.identity.CertificateAuthority;
import io.quicmesh.transport.identity.MembershipRecord;
import io.quicmesh.transport.identity.RegistrarClaim;
import io.quicmesh.transport.identity.RevocationList;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BiFunction;

/**
 * The registrar of a network on its state directory: lets {@link Registrar} decide, makes the
 * decision durable, and only then signs. Several processes may work on one directory; each decision
 * is taken under its lock on the newest state. Blocking, and used by one thread at a time.
 */
public final class RegistrarService {

  private static final Duration TTL_MAX = Duration.ofDays(30);

  private final StateDirectory directory;
  private final InstantSource clock;
  private final CertificateAuthority authority;
  private final Registrar rules;
  private final RegistrarFile file;
  private final AuditLog audit;

  RegistrarService(
      StateDirectory directory,
      InstantSource clock,
      CertificateAuthority authority,
      Fingerprint self) {
    this.directory = directory;
    this.clock = clock;
    this.authority = authority;
    this.rules = new Registrar(self, RevocationList.KEYS_MAX);
    this.file = new RegistrarFile(directory.files(), directory.registrarPath());
    this.audit = new AuditLog(directory.files(), directory.auditPath());
  }

  /** The network's CA, whose identity the registrar shows to hosts that join or renew. */
  public CertificateAuthority authority() {
    return authority;
  }

  /** The CA's word to relays that this run of this host's node is the registrar. */
  public byte[] claim(Fingerprint node, long bootId) {
    return new RegistrarClaim(authority.network(), node, bootId).sign(authority);
  }

  /** The members, invitations and revoked keys as they are now. */
  public RegistrarState state() throws MembershipException {
    return directory.exclusively(file::read);
  }

  /** The revocation list as it is now, signed. */
  public byte[] revocations() throws MembershipException {
    RegistrarState state = state();
    return new RevocationList(
            authority.network(),
            state.counters().revocation(),
            clock.instant(),
            state.revokedKeys())
        .sign(authority);
  }

  /** Invites a host. */
  public InviteToken invite(Registrar.Wish wish) throws MembershipException {
    if (wish.ttl().isNegative() || wish.ttl().isZero() || wish.ttl().compareTo(TTL_MAX) > 0) {
      throw new MembershipException(
          Kind.USAGE, "a token lives for more than nothing and at most 30 days");
    }
    Network network = network();
    if (network.relays().isEmpty()) {
      throw new MembershipException(
          Kind.FAILED, "the network has no relay that a token could name: give it one first");
    }
    InviteToken token = InviteToken.create(network.id(), network.relays());
    Instant now = clock.instant();
    Invitation invitation =
        orThrow(
            decide((rule, state) -> rule.invite(state, wish, token.secretHash(), now)),
            "cannot invite '" + Text.printable(wish.name()) + "'");
    audit.record(
        now,
        "invited",
        "name=%s address=%s expires=%s"
            .formatted(invitation.name(), invitation.address(), invitation.expires()));
    return token;
  }

  /**
   * Revokes a member, or withdraws an invitation.
   *
   * @param node a name, or a node id or its first 10 characters
   * @return the name
   */
  public String revoke(String node) throws MembershipException {
    Instant now = clock.instant();
    String name =
        orThrow(
            decide((rule, state) -> rule.revoke(state, node, now)),
            "cannot revoke '" + Text.printable(node) + "'");
    audit.record(now, "revoked", "name=" + name);
    return name;
  }

  /** Accepts the registrar's own node as a member, or prolongs its membership. */
  JoinAnswer.Granted enrol(String name, PublicKey key, Network network) throws MembershipException {
    Instant now = clock.instant();
    Registrar.Grant grant =
        orThrow(
            decide((rule, state) -> rule.enrol(state, name, now)),
            "cannot enrol '" + Text.printable(name) + "'");
    audit.record(now, "enrolled", describe(grant));
    return issue(grant, key, network);
  }

  AuditLog audit() {
    return audit;
  }

  /** Takes a decision on the newest state; when this returns, a grant is durable. */
  <T> Ruling<T> decide(BiFunction<Registrar, RegistrarState, Ruling<T>> rule)
      throws MembershipException {
    return directory.exclusively(
        () -> {
          RegistrarState before = file.read();
          Ruling<T> ruling = rule.apply(rules, before);
          if (ruling instanceof Ruling.Granted<T> granted && !granted.next().equals(before)) {
            file.write(granted.next());
          }
          return ruling;
        });
  }

  /** Signs what was granted. */
  JoinAnswer.Granted issue(Registrar.Grant grant, PublicKey key, Network network)
      throws MembershipException {
    Instant now = clock.instant();
    Duration lifetime = Duration.between(now, grant.member().notAfter());
    List<X509Certificate> chain = authority.issue(key, now, lifetime);
    Instant notBefore = chain.get(0).getNotBefore().toInstant();
    MembershipRecord record =
        new MembershipRecord(
            grant.member().key(),
            authority.network(),
            grant.member().name(),
            grant.member().address(),
            new MembershipRecord.Term(notBefore, grant.member().notAfter(), grant.serial()));
    return new JoinAnswer.Granted(
        chain, Opaque.of(record.sign(authority)), Opaque.of(revocations()), network);
  }

  static String describe(Registrar.Grant grant) {
    return "name=%s node=%s address=%s serial=%d"
        .formatted(
            grant.member().name(), grant.member().key(), grant.member().address(), grant.serial());
  }

  /** The network as its members hear of it. */
  Network network() throws MembershipException {
    return new NetworkFile(directory).read();
  }

  private static <T> T orThrow(Ruling<T> ruling, String what) throws MembershipException {
    if (ruling instanceof Ruling.Granted<T> granted) {
      return granted.grant();
    }
    Refusal refusal = ((Ruling.Refused<T>) ruling).refusal();
    Kind kind = refusal == Refusal.NAME_INVALID ? Kind.USAGE : Kind.FAILED;
    throw new MembershipException(kind, what + ": " + refusal.text());
  }
}
