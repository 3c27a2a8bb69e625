package io.quicmesh.node.membership;

import io.quicmesh.node.registrar.AttemptLimit;
import io.quicmesh.node.registrar.Refusal;
import io.quicmesh.node.registrar.Registrar;
import io.quicmesh.node.registrar.Ruling;
import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.io.IOException;
import java.security.PublicKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of hosts that join, renew or rotate, each of which has proven its key in a
 * secure channel. Blocking; requests come on one thread at a time.
 */
public final class JoinDesk {

  private static final Logger LOG = LoggerFactory.getLogger(JoinDesk.class);

  private final RegistrarService registrar;
  private final InstantSource clock;
  private final AttemptLimit attempts = new AttemptLimit();
  private final Map<Refusal, Long> refused = new ConcurrentHashMap<>();

  /** A desk of this registrar. */
  public JoinDesk(RegistrarService registrar, InstantSource clock) {
    this.registrar = registrar;
    this.clock = clock;
  }

  /**
   * Answers one request; never throws for what the request contains.
   *
   * @param peer the key that the host has proven
   * @param nowNanos for the limits on attempts, from a clock that never goes back
   */
  public byte[] answer(Fingerprint peer, byte[] message, long nowNanos) {
    Instant now = clock.instant();
    try {
      if (!attempts.admits(peer, nowNanos)) {
        return refuse(Refusal.TOO_MANY_ATTEMPTS, peer, now).encode();
      }
      JoinRequest request = JoinRequest.decode(message);
      if (!Keys.fingerprint(request.key()).equals(peer)) {
        return refuse(Refusal.PROTOCOL, peer, now).encode();
      }
      return answer(request, peer, now, nowNanos).encode();
    } catch (IOException e) {
      return refuse(Refusal.PROTOCOL, peer, now).encode();
    } catch (MembershipException e) {
      LOG.error("a request of node {} was not answered: {}", peer.shortText(), e.oneLine());
      return new JoinAnswer.Refused(
              "REGISTRAR_FAILED", "the registrar could not store it: see its log, and try again")
          .encode();
    }
  }

  /** How often each reason was given so far. Any thread. */
  public Map<Refusal, Long> refused() {
    return Map.copyOf(refused);
  }

  /** The same by the reasons' names in status and metrics. Any thread. */
  public Map<String, Long> refusals() {
    Map<String, Long> named = new TreeMap<>();
    refused.forEach((refusal, count) -> named.put(refusal.name().toLowerCase(Locale.ROOT), count));
    return named;
  }

  private JoinAnswer answer(JoinRequest request, Fingerprint peer, Instant now, long nowNanos)
      throws MembershipException {
    Ruling<Registrar.Grant> ruling = decide(request, peer, now);
    if (ruling instanceof Ruling.Granted<Registrar.Grant> granted) {
      registrar.audit().record(now, eventOf(request), RegistrarService.describe(granted.grant()));
      return registrar.issue(granted.grant(), keyToCertify(request), registrar.network());
    }
    Refusal refusal = ((Ruling.Refused<Registrar.Grant>) ruling).refusal();
    if (refusal == Refusal.TOKEN_UNKNOWN) {
      attempts.handleWrong(peer, nowNanos);
    }
    return refuse(refusal, peer, now);
  }

  private Ruling<Registrar.Grant> decide(JoinRequest request, Fingerprint peer, Instant now)
      throws MembershipException {
    if (request instanceof JoinRequest.Join join) {
      Opaque hash = InviteToken.hash(join.secret());
      return registrar.decide((rules, state) -> rules.redeem(state, peer, hash, now));
    }
    if (request instanceof JoinRequest.Rotate rotate) {
      Fingerprint newKey = Keys.fingerprint(rotate.newKey());
      return rotate.isProven()
          ? registrar.decide((rules, state) -> rules.rotate(state, peer, newKey, now))
          : Ruling.no(Refusal.PROTOCOL);
    }
    return registrar.decide((rules, state) -> rules.renew(state, peer, now));
  }

  private JoinAnswer refuse(Refusal refusal, Fingerprint peer, Instant now) {
    refused.merge(refusal, 1L, Long::sum);
    registrar.audit().refused(now, "node=%s reason=%s".formatted(peer, refusal));
    return JoinAnswer.Refused.of(refusal);
  }

  private static String eventOf(JoinRequest request) {
    if (request instanceof JoinRequest.Join) {
      return "joined";
    }
    return request instanceof JoinRequest.Rotate ? "rotated" : "renewed";
  }

  private static PublicKey keyToCertify(JoinRequest request) {
    return request instanceof JoinRequest.Rotate rotate ? rotate.newKey() : request.key();
  }
}
