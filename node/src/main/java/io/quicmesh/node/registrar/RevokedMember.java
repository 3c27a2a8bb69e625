package io.quicmesh.node.registrar;

import io.quicmesh.transport.wire.Fingerprint;
import java.time.Instant;

/**
 * A key that is no longer accepted.
 *
 * @param name the name that its node had
 * @param until when the last certificate of the key expires, and it need not be listed any more
 */
public record RevokedMember(String name, Fingerprint key, Instant until) {}
