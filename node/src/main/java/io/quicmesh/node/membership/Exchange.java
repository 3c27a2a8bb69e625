package io.quicmesh.node.membership;

import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.io.IOException;
import java.util.List;

/** One request to the registrar and what came of it, in the words of a command. */
record Exchange(Fingerprint network, List<RelayAddress> relays, TransportIdentity self) {

  private static final String FAILED_THERE = "REGISTRAR_FAILED";

  Exchange {
    relays = List.copyOf(relays);
  }

  /** Asks, and returns what was granted. */
  JoinAnswer.Granted run(JoinRequest request, RegistrarLink link) throws MembershipException {
    byte[] answer =
        link.exchange(new RegistrarLink.Call(network, relays, self, Opaque.of(request.encode())));
    try {
      JoinAnswer decoded = JoinAnswer.decode(answer);
      if (decoded instanceof JoinAnswer.Granted granted) {
        return granted;
      }
      JoinAnswer.Refused refused = (JoinAnswer.Refused) decoded;
      throw new MembershipException(
          refused.refusal().equals(FAILED_THERE) ? Kind.FAILED : Kind.NOT_AUTHORISED,
          "the registrar refused: " + refused.text());
    } catch (IOException e) {
      throw new MembershipException(
          Kind.FAILED,
          "the registrar sent " + e.getMessage() + ": use the same version of quicmesh on both");
    }
  }
}
