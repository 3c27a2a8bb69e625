package io.quicmesh.node.membership;

import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.util.List;

/** The way from a host that joins, renews or rotates to its registrar. */
@FunctionalInterface
public interface RegistrarLink {

  /**
   * Carries one message to the registrar, inside a secure channel with the CA itself, and its
   * answer back. Blocking, for some seconds at most.
   *
   * @throws MembershipException if the registrar could not be reached or proven
   */
  byte[] exchange(Call call) throws MembershipException;

  /**
   * A message and its way.
   *
   * @param network whose registrar it is for
   * @param relays through which it may go, tried in order
   * @param self the host's own key, self-signed
   * @param request the message
   */
  record Call(
      Fingerprint network, List<RelayAddress> relays, TransportIdentity self, Opaque request) {
    /** Copies the list. */
    public Call {
      relays = List.copyOf(relays);
    }
  }
}
