package io.quicmesh.node.membership;

import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.transport.identity.Certificates;
import io.quicmesh.transport.identity.IdentityFile;
import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.identity.TransportIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Joins a network. The key of a token is kept from the first attempt on, because the registrar
 * answers again only to the key that has redeemed it; {@code network.json} comes last and makes the
 * host a member.
 */
final class Joining {

  private final StateDirectory directory;
  private final InstantSource clock;
  private final MemberFiles files;

  Joining(StateDirectory directory, InstantSource clock, MemberFiles files) {
    this.directory = directory;
    this.clock = clock;
    this.files = files;
  }

  /** Runs under the directory's lock. */
  MemberState run(InviteToken token, RegistrarLink link) throws MembershipException, IOException {
    if (directory.hasNetwork()) {
      MemberState joined = joinedBefore(token);
      if (joined != null) {
        directory.files().remove(directory.joiningPath());
        return joined;
      }
    }
    TransportIdentity self = keyFor(token);
    JoinRequest request = new JoinRequest.Join(self.leaf().getPublicKey(), token.secret());
    Exchange exchange = new Exchange(token.network(), token.relays(), self);
    JoinAnswer.Granted granted;
    try {
      granted = exchange.run(request, link);
    } catch (MembershipException e) {
      if (e.kind() == Kind.NOT_AUTHORISED) {
        directory.files().remove(directory.joiningPath());
      }
      throw e;
    }
    MemberState state = files.store(granted, self.key(), token.network());
    new AuditLog(directory.files(), directory.auditPath())
        .record(
            clock.instant(),
            "joined",
            "name=%s node=%s network=%s".formatted(state.name(), state.id(), state.network().id()));
    directory.files().remove(directory.joiningPath());
    return state;
  }

  /** The membership that an earlier run with the same token came to, or null to join anew. */
  private @Nullable MemberState joinedBefore(InviteToken token)
      throws MembershipException, IOException {
    Network network = new NetworkFile(directory).read();
    if (directory.hasAuthority() || !network.id().equals(token.network())) {
      throw new MembershipException(
          Kind.FAILED,
          "%s holds %s of network %s already: use another --state-dir"
              .formatted(
                  directory.path(),
                  directory.hasAuthority() ? "the registrar" : "a member",
                  network.name()));
    }
    MemberState state = files.open();
    if (keptKey(token).map(kept -> kept.fingerprint().equals(state.id())).orElse(false)) {
      return state;
    }
    boolean revoked = files.revocations(network.id()).contains(network.id(), state.id());
    if (!revoked && clock.instant().isBefore(state.transport().notAfter())) {
      throw new MembershipException(
          Kind.FAILED,
          "this host is already a member of network %s, as %s: nothing to do"
              .formatted(network.name(), state.name()));
    }
    return null;
  }

  private TransportIdentity keyFor(InviteToken token) throws IOException {
    Optional<TransportIdentity> kept = keptKey(token);
    if (kept.isPresent()) {
      return kept.get();
    }
    TransportIdentity created = Certificates.selfSigned(Keys.generate(), clock.instant());
    directory.joining().store(new IdentityFile.Content(created, token.secretHash()));
    return created;
  }

  /** The key of an earlier run with the same token. */
  private Optional<TransportIdentity> keptKey(InviteToken token) throws IOException {
    if (!Files.exists(directory.joiningPath())) {
      return Optional.empty();
    }
    IdentityFile.Content kept = directory.joining().load();
    return token.secretHash().equals(kept.document())
        ? Optional.of(kept.identity())
        : Optional.empty();
  }
}
