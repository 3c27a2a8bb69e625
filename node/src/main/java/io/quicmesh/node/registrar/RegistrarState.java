package io.quicmesh.node.registrar;

import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.OverlayAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * All that a registrar remembers. Immutable: each decision gives the next state, which must be
 * durable before anybody is told of it.
 *
 * @param plan what was decided when the network was made
 * @param counters numbers that only grow
 */
public record RegistrarState(
    Plan plan,
    Counters counters,
    List<Member> members,
    List<Invitation> invitations,
    List<RevokedMember> revoked) {

  /** Copies the lists. */
  public RegistrarState {
    members = List.copyOf(members);
    invitations = List.copyOf(invitations);
    revoked = List.copyOf(revoked);
  }

  /**
   * What was decided when the network was made.
   *
   * @param subnet where overlay addresses come from
   * @param validity for how long certificates are valid
   */
  public record Plan(OverlayAddress subnet, Duration validity) {}

  /**
   * Numbers that only grow.
   *
   * @param serial of the last thing issued
   * @param revocation number of the current revocation list
   */
  public record Counters(long serial, long revocation) {
    Counters nextSerial() {
      return new Counters(serial + 1, revocation);
    }

    Counters nextRevocation() {
      return new Counters(serial, revocation + 1);
    }
  }

  /** A network with nobody in it. */
  public static RegistrarState empty(Plan plan) {
    Plan whole = new Plan(plan.subnet().subnet(), plan.validity());
    return new RegistrarState(whole, new Counters(0, 1), List.of(), List.of(), List.of());
  }

  /** Where overlay addresses come from. */
  public OverlayAddress subnet() {
    return plan.subnet();
  }

  /** The member with this key. */
  public Optional<Member> memberByKey(Fingerprint key) {
    return members.stream().filter(member -> member.key().equals(key)).findFirst();
  }

  /** The member with this name. */
  public Optional<Member> memberByName(String name) {
    return members.stream().filter(member -> member.name().equals(name)).findFirst();
  }

  /** The keys of the revocation list. */
  public Set<Fingerprint> revokedKeys() {
    Set<Fingerprint> keys = new HashSet<>();
    revoked.forEach(member -> keys.add(member.key()));
    return keys;
  }

  Optional<Invitation> invitation(Opaque secretHash) {
    return invitations.stream()
        .filter(invitation -> invitation.secretHash().equals(secretHash))
        .findFirst();
  }

  RegistrarState with(Member member) {
    List<Member> next = new ArrayList<>(members);
    next.removeIf(other -> other.name().equals(member.name()));
    next.add(member);
    return new RegistrarState(plan, counters.nextSerial(), next, invitations, revoked);
  }

  RegistrarState withoutMember(Fingerprint key) {
    List<Member> next = members.stream().filter(member -> !member.key().equals(key)).toList();
    return new RegistrarState(plan, counters, next, invitations, revoked);
  }

  RegistrarState with(Invitation invitation) {
    List<Invitation> next = new ArrayList<>(invitations);
    next.removeIf(other -> other.secretHash().equals(invitation.secretHash()));
    next.add(invitation);
    return new RegistrarState(plan, counters, members, next, revoked);
  }

  RegistrarState withoutInvitations(Predicate<Invitation> unwanted) {
    List<Invitation> next = invitations.stream().filter(unwanted.negate()).toList();
    return new RegistrarState(plan, counters, members, next, revoked);
  }

  RegistrarState withRevoked(List<RevokedMember> next) {
    return new RegistrarState(plan, counters.nextRevocation(), members, invitations, next);
  }
}
