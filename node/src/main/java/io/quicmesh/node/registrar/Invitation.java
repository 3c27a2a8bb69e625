package io.quicmesh.node.registrar;

import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.OverlayAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A promise to accept one host that knows a secret.
 *
 * @param name the name that the host will have
 * @param address the overlay address that it will have
 * @param secretHash SHA-256 of the secret; the secret itself is in the token only
 * @param expires the secret is worth nothing from then on
 * @param redeemedBy the key of the host that used it, or null
 */
public record Invitation(
    String name,
    OverlayAddress address,
    Opaque secretHash,
    Instant expires,
    @Nullable Fingerprint redeemedBy) {

  /** Whether a host may still use it. */
  boolean isOpen(Instant now) {
    return redeemedBy == null && now.isBefore(expires);
  }
}
