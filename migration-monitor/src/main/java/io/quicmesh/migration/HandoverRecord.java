package io.quicmesh.migration;

import java.time.Instant;

/**
 * A handover as the history keeps it.
 *
 * @param peer the peer's name
 * @param time when it began, wall time
 */
public record HandoverRecord(String peer, Instant time, HandoverReport report) {}
