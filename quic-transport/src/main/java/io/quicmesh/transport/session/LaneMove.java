package io.quicmesh.transport.session;

/**
 * How this side's lanes came to the carrier that they are on.
 *
 * @param isByPeer whether the peer's COMMIT moved them
 * @param isOldSilent whether the carrier before did not answer, so that no lane was cut there
 * @param framesResent records that were sent again
 */
public record LaneMove(boolean isByPeer, boolean isOldSilent, long framesResent) {}
