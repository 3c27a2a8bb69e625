package io.quicmesh.transport.session;

import org.jspecify.annotations.Nullable;

/**
 * The lanes' stay on one carrier: made by one RESUME exchange, with an epoch and keys of its own.
 * Owned by the event loop.
 *
 * @param link the carrier
 * @param epoch the attempt that made it
 * @param sealer seals what this side sends; null on a direct carrier, which QUIC protects
 * @param opener opens what the peer sends; null on a direct carrier
 */
record Attachment(
    CarrierLink link, int epoch, @Nullable RecordCipher sealer, @Nullable RecordCipher opener) {}
