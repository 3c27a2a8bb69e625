package io.quicmesh.node.registrar;

import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.OverlayAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A node that the registrar has accepted and not revoked.
 *
 * @param name unique in the network
 * @param key its node id
 * @param address its overlay address, unique in the network
 * @param notAfter when the last certificate that it was given expires
 * @param previousKey the key that this one replaced, or null
 */
public record Member(
    String name,
    Fingerprint key,
    OverlayAddress address,
    Instant notAfter,
    @Nullable Fingerprint previousKey) {}
