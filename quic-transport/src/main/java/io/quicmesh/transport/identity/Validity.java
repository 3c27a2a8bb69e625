package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Judges a certificate's dates, and tells an expired certificate from a wrong clock: no certificate
 * is made before its own beginning, so a host that sees one from the future is behind its CA.
 */
final class Validity {

  private Validity() {}

  static void check(X509Certificate leaf, Fingerprint node, Instant now)
      throws PeerRefusedException {
    Instant notBefore = leaf.getNotBefore().toInstant();
    Instant notAfter = leaf.getNotAfter().toInstant();
    if (now.isBefore(notBefore)) {
      throw new PeerRefusedException(
          CloseCode.WRONG_CLOCK,
          "the certificate of node "
              + node.shortText()
              + " begins at "
              + notBefore
              + " and this host's clock says "
              + now.truncatedTo(ChronoUnit.SECONDS)
              + ": set the clock of this host, or of the registrar that issued it");
    }
    if (now.isAfter(notAfter)) {
      throw new PeerRefusedException(
          CloseCode.EXPIRED,
          "the certificate of node "
              + node.shortText()
              + " expired at "
              + notAfter
              + ", by this host's clock it is "
              + now.truncatedTo(ChronoUnit.SECONDS)
              + ": that node must reach its registrar and renew, unless this clock is ahead");
    }
  }
}
