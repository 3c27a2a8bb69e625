package io.quicmesh.node;

import io.quicmesh.transport.wire.CloseCode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Says what a relay's refusal of this host means, and the mend. */
final class RelayRefusal {

  private RelayRefusal() {}

  /** The line for the code with which a relay closed, or null if it is no refusal. */
  static @Nullable String explain(int code, NodeIdentity identity, Instant now) {
    if (code == CloseCode.REVOKED.code()) {
      return "this host's key is revoked: ask for a new token and join again";
    } else if (code == CloseCode.DUPLICATE_KEY.code()) {
      return "another host is there with this host's key: revoke it, and join with a new token";
    } else if (code == CloseCode.NOT_ALLOWED.code()) {
      return "it does not allow this network: run it with --allow-network " + identity.network();
    } else if (code == CloseCode.EXPIRED.code()) {
      return expired(identity.transport().notAfter(), now);
    } else if (code == CloseCode.WRONG_CLOCK.code()) {
      return "to its clock this host's certificate begins in the future: set the clock of the relay";
    }
    return null;
  }

  /** Two clocks that differ are told from a certificate that is over. */
  private static String expired(Instant notAfter, Instant now) {
    if (now.isAfter(notAfter)) {
      return "this host's certificate expired at "
          + notAfter
          + ": it is renewed when the registrar is reached";
    }
    return "to its clock this host's certificate has expired, and this host's clock says "
        + now.truncatedTo(ChronoUnit.SECONDS)
        + ", before its end at "
        + notAfter
        + ": set the clock of this host, or of the relay";
  }
}
