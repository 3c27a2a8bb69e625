package io.quicmesh.node.registrar;

import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.MemberName;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.OverlayAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a network's registrar: who becomes a member, stays one, and is one no more. Each
 * method takes a state and gives a {@link Ruling} with the next one. Asking the same again after a
 * crash gives the same answer, so that nobody is left half a member. Immutable.
 */
public final class Registrar {

  /** For how long a certificate is valid, unless the network is made otherwise. */
  public static final Duration VALIDITY = Duration.ofDays(30);

  /** How long used and expired invitations are remembered, to say more than "unknown". */
  static final Duration REMEMBERED = Duration.ofDays(30);

  /** A revoked key stays listed this much longer than its certificate, for clocks that differ. */
  static final Duration LISTED_LONGER = Duration.ofDays(1);

  private final Fingerprint self;
  private final int revokedMax;

  /**
   * Rules.
   *
   * @param self the registrar's own node id
   * @param revokedMax the most keys that fit into a revocation list
   */
  public Registrar(Fingerprint self, int revokedMax) {
    this.self = self;
    this.revokedMax = revokedMax;
  }

  /**
   * What a member is given a certificate and a membership record for.
   *
   * @param serial of both
   */
  public record Grant(Member member, long serial) {}

  /**
   * A wish to invite.
   *
   * @param address null for the lowest free one
   */
  public record Wish(String name, @Nullable OverlayAddress address, Duration ttl) {}

  /** Makes the registrar itself the first member. */
  public Ruling<Grant> enrol(RegistrarState state, String name, Instant now) {
    if (!MemberName.isValid(name)) {
      return Ruling.no(Refusal.NAME_INVALID);
    }
    Optional<OverlayAddress> address =
        state.memberByKey(self).map(Member::address).or(() -> new Addresses(state, now).lowest());
    return address.isEmpty()
        ? Ruling.no(Refusal.SUBNET_FULL)
        : accept(
            state, new Member(name, self, address.get(), now.plus(state.plan().validity()), null));
  }

  /** Invites a host; an earlier invitation of the same name that is still open is withdrawn. */
  public Ruling<Invitation> invite(
      RegistrarState state, Wish wish, Opaque secretHash, Instant now) {
    if (!MemberName.isValid(wish.name())) {
      return Ruling.no(Refusal.NAME_INVALID);
    }
    if (state.memberByName(wish.name()).isPresent()) {
      return Ruling.no(Refusal.NAME_TAKEN);
    }
    RegistrarState kept =
        prune(state, now)
            .withoutInvitations(
                other -> other.name().equals(wish.name()) && other.redeemedBy() == null);
    Addresses addresses = new Addresses(kept, now);
    OverlayAddress address = wish.address();
    if (address == null) {
      address = addresses.lowest().orElse(null);
      if (address == null) {
        return Ruling.no(Refusal.SUBNET_FULL);
      }
    } else if (!addresses.isInside(address)) {
      return Ruling.no(Refusal.ADDRESS_OUTSIDE);
    } else if (addresses.isTaken(address)) {
      return Ruling.no(Refusal.ADDRESS_TAKEN);
    }
    Invitation invitation =
        new Invitation(wish.name(), address, secretHash, now.plus(wish.ttl()), null);
    return new Ruling.Granted<>(kept.with(invitation), invitation);
  }

  /** A host shows the secret of an invitation and becomes a member. */
  public Ruling<Grant> redeem(
      RegistrarState state, Fingerprint key, Opaque secretHash, Instant now) {
    Invitation invitation = state.invitation(secretHash).orElse(null);
    if (invitation == null) {
      return Ruling.no(Refusal.TOKEN_UNKNOWN);
    }
    if (state.revokedKeys().contains(key)) {
      return Ruling.no(Refusal.KEY_REVOKED);
    }
    if (key.equals(invitation.redeemedBy())) {
      return renew(state, key, now);
    }
    if (invitation.redeemedBy() != null) {
      return Ruling.no(Refusal.TOKEN_USED);
    }
    if (!now.isBefore(invitation.expires())) {
      return Ruling.no(Refusal.TOKEN_EXPIRED);
    }
    if (state.memberByKey(key).isPresent()) {
      return Ruling.no(Refusal.KEY_IN_USE);
    }
    Invitation used =
        new Invitation(
            invitation.name(), invitation.address(), secretHash, invitation.expires(), key);
    Member member =
        new Member(
            invitation.name(), key, invitation.address(), now.plus(state.plan().validity()), null);
    return accept(state.with(used), member);
  }

  /** A member asks for a new certificate; also one whose certificate has expired meanwhile. */
  public Ruling<Grant> renew(RegistrarState state, Fingerprint key, Instant now) {
    if (state.revokedKeys().contains(key)) {
      return Ruling.no(Refusal.KEY_REVOKED);
    }
    return state
        .memberByKey(key)
        .map(member -> accept(state, prolonged(state, member, now)))
        .orElseGet(() -> Ruling.no(Refusal.NOT_A_MEMBER));
  }

  /** A member replaces its key; the old one is revoked. */
  public Ruling<Grant> rotate(
      RegistrarState state, Fingerprint key, Fingerprint newKey, Instant now) {
    Member rotated = state.memberByKey(newKey).orElse(null);
    if (rotated != null) {
      return key.equals(rotated.previousKey())
          ? accept(state, prolonged(state, rotated, now))
          : Ruling.no(Refusal.KEY_IN_USE);
    }
    if (state.revokedKeys().contains(key) || state.revokedKeys().contains(newKey)) {
      return Ruling.no(Refusal.KEY_REVOKED);
    }
    Member member = state.memberByKey(key).orElse(null);
    if (member == null) {
      return Ruling.no(Refusal.NOT_A_MEMBER);
    }
    if (key.equals(self)) {
      return Ruling.no(Refusal.REGISTRAR_ITSELF);
    }
    if (state.revoked().size() >= revokedMax) {
      return Ruling.no(Refusal.LIST_FULL);
    }
    return accept(
        listRevoked(state, member, now),
        new Member(
            member.name(), newKey, member.address(), now.plus(state.plan().validity()), key));
  }

  /**
   * Revokes a member, or withdraws an invitation.
   *
   * @param node a name, or a node id or its first 10 characters
   * @return the name and keys that are no longer accepted
   */
  public Ruling<String> revoke(RegistrarState state, String node, Instant now) {
    Member member =
        state.members().stream()
            .filter(each -> isNamed(each.name(), each.key(), node))
            .findFirst()
            .orElse(null);
    if (member == null) {
      return withdraw(state, node, now);
    }
    if (member.key().equals(self)) {
      return Ruling.no(Refusal.REGISTRAR_ITSELF);
    }
    RegistrarState pruned = prune(state, now);
    if (pruned.revoked().size() >= revokedMax) {
      return Ruling.no(Refusal.LIST_FULL);
    }
    return new Ruling.Granted<>(
        listRevoked(pruned, member, now).withoutMember(member.key()), member.name());
  }

  /** The state without what is too old to matter. */
  public RegistrarState prune(RegistrarState state, Instant now) {
    RegistrarState kept =
        state.withoutInvitations(old -> old.expires().plus(REMEMBERED).isBefore(now));
    List<RevokedMember> listed =
        kept.revoked().stream().filter(old -> !old.until().isBefore(now)).toList();
    return listed.size() == kept.revoked().size() ? kept : kept.withRevoked(listed);
  }

  /** An invitation ends; who is revoked already stays so. */
  private static Ruling<String> withdraw(RegistrarState state, String node, Instant now) {
    RegistrarState without =
        state.withoutInvitations(open -> open.name().equals(node) && open.isOpen(now));
    if (!without.equals(state)) {
      return new Ruling.Granted<>(without, node);
    }
    return state.revoked().stream()
        .filter(each -> isNamed(each.name(), each.key(), node))
        .findFirst()
        .<Ruling<String>>map(revoked -> new Ruling.Granted<>(state, revoked.name()))
        .orElseGet(() -> Ruling.no(Refusal.NO_SUCH_NODE));
  }

  private static boolean isNamed(String name, Fingerprint key, String node) {
    return name.equals(node) || key.toString().equals(node) || key.shortText().equals(node);
  }

  private static Ruling<Grant> accept(RegistrarState state, Member member) {
    RegistrarState next = state.with(member);
    return new Ruling.Granted<>(next, new Grant(member, next.counters().serial()));
  }

  private static Member prolonged(RegistrarState state, Member member, Instant now) {
    Instant end = now.plus(state.plan().validity());
    return new Member(
        member.name(),
        member.key(),
        member.address(),
        end.isAfter(member.notAfter()) ? end : member.notAfter(),
        member.previousKey());
  }

  private static RegistrarState listRevoked(RegistrarState state, Member member, Instant now) {
    List<RevokedMember> listed = new ArrayList<>(state.revoked());
    Instant until = member.notAfter().isAfter(now) ? member.notAfter() : now;
    listed.add(new RevokedMember(member.name(), member.key(), until.plus(LISTED_LONGER)));
    return state.withRevoked(listed);
  }
}
