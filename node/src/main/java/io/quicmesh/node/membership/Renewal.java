package io.quicmesh.node.membership;

import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.transport.identity.Certificates;
import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.identity.TransportIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.InstantSource;

/** A member's next certificate, for its key or for a new one. */
final class Renewal {

  private final StateDirectory directory;
  private final InstantSource clock;
  private final MemberFiles files;

  Renewal(StateDirectory directory, InstantSource clock, MemberFiles files) {
    this.directory = directory;
    this.clock = clock;
    this.files = files;
  }

  MemberState renew(MemberState state, RegistrarLink link) throws MembershipException {
    JoinRequest request = new JoinRequest.Renew(state.transport().leaf().getPublicKey());
    JoinAnswer.Granted granted = exchange(state).run(request, link);
    return directory.exclusively(
        () -> files.store(granted, state.transport().key(), state.network().id()));
  }

  /** The new key is kept from the first attempt on, so that an interrupted one can be repeated. */
  MemberState rotate(MemberState state, RegistrarLink link) throws MembershipException {
    if (state.isRegistrar()) {
      throw new MembershipException(
          Kind.FAILED, "the registrar's own key cannot be replaced: move the network to a new one");
    }
    return directory.exclusively(
        () -> {
          TransportIdentity next = nextKey();
          if (next.fingerprint().equals(state.id())) {
            directory.files().remove(directory.rotatingPath());
            return state;
          }
          PublicKey key = state.transport().leaf().getPublicKey();
          JoinRequest request =
              JoinRequest.Rotate.sign(key, next.leaf().getPublicKey(), next.key());
          JoinAnswer.Granted granted = exchange(state).run(request, link);
          MemberState rotated = files.store(granted, next.key(), state.network().id());
          new AuditLog(directory.files(), directory.auditPath())
              .record(
                  clock.instant(),
                  "rotated",
                  "name=%s node=%s was=%s".formatted(rotated.name(), rotated.id(), state.id()));
          directory.files().remove(directory.rotatingPath());
          return rotated;
        });
  }

  private Exchange exchange(MemberState state) {
    KeyPair pair = new KeyPair(state.transport().leaf().getPublicKey(), state.transport().key());
    return new Exchange(
        state.network().id(),
        state.network().relays(),
        Certificates.selfSigned(pair, clock.instant()));
  }

  private TransportIdentity nextKey() throws IOException {
    if (Files.exists(directory.rotatingPath())) {
      return directory.rotating().read();
    }
    TransportIdentity created = Certificates.selfSigned(Keys.generate(), clock.instant());
    directory.rotating().write(created);
    return created;
  }
}
