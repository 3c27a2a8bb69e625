package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The dates between which something of the CA's holds. They tell what has expired from a wrong
 * clock: nothing is made before its own beginning, so a host that sees something from the future is
 * behind its CA.
 */
record Validity(Instant notBefore, Instant notAfter) {

  static Validity of(X509Certificate certificate) {
    return new Validity(
        certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  /** Checks these dates of something, such as a certificate, of a node. */
  void check(String what, Fingerprint node, Instant now) throws PeerRefusedException {
    if (now.isBefore(notBefore)) {
      throw new PeerRefusedException(
          CloseCode.WRONG_CLOCK,
          "the %s of node %s begins at %s and this host's clock says %s: %s"
              .formatted(
                  what,
                  node.shortText(),
                  notBefore,
                  now.truncatedTo(ChronoUnit.SECONDS),
                  "set the clock of this host, or of the registrar that issued it"));
    }
    if (now.isAfter(notAfter)) {
      throw new PeerRefusedException(
          CloseCode.EXPIRED,
          "the %s of node %s expired at %s, and this host's clock says %s: %s"
              .formatted(
                  what,
                  node.shortText(),
                  notAfter,
                  now.truncatedTo(ChronoUnit.SECONDS),
                  "that node must reach its registrar and renew, unless this clock is ahead"));
    }
  }
}
