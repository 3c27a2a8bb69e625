package io.quicmesh.migration;

import java.net.InetSocketAddress;
import java.time.Instant;

/**
 * One migration that has ended, as the history keeps it.
 *
 * @param timestamp when it started, wall time
 * @param oldAddress the moving side's underlay address before
 * @param newAddress the moving side's underlay address after, or the one it tried
 * @param validated whether the new path proved itself (RFC 9000 section 8.2, or an echo over it)
 * @param cause what set it off
 * @param gapNanos the longest time without hearing around it
 */
public record MigrationEvent(
    Instant timestamp,
    InetSocketAddress oldAddress,
    InetSocketAddress newAddress,
    boolean validated,
    MigrationCause cause,
    long gapNanos) {

  MigrationEvent withGapNanos(long longerGapNanos) {
    return new MigrationEvent(timestamp, oldAddress, newAddress, validated, cause, longerGapNanos);
  }
}
