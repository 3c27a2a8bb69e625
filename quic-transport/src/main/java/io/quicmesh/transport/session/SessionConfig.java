package io.quicmesh.transport.session;

import io.quicmesh.transport.wire.Fingerprint;

/**
 * What a session is made with.
 *
 * @param self this node
 * @param peer the other node
 * @param dataLanes data lanes to send on, 1 to 16
 * @param stagedBytesMax bytes that may wait for their first sending
 * @param flightBytesMax unacknowledged bytes on a direct carrier
 * @param circuitFlightBytesMax unacknowledged bytes on a circuit
 */
public record SessionConfig(
    Fingerprint self,
    Fingerprint peer,
    int dataLanes,
    long stagedBytesMax,
    long flightBytesMax,
    long circuitFlightBytesMax) {

  /** The defaults for a pair of nodes. */
  public static SessionConfig of(Fingerprint self, Fingerprint peer) {
    return new SessionConfig(self, peer, 4, 4 << 20, 16 << 20, 2 << 20);
  }

  /** Whether this side begins: it opens circuits and is the client of the end-to-end handshake. */
  public boolean isInitiator() {
    return self.compareTo(peer) < 0;
  }
}
