package io.quicmesh.node.switching;

import java.time.Duration;

/**
 * Bounds of the switch.
 *
 * @param macsMax addresses in the table
 * @param macsPerPeerMax addresses learned from one peer; those beyond are flooded, not learned
 * @param ageingNanos an address not seen for so long is forgotten
 * @param movesMax an address that changes its port more often within {@code moveWindowNanos} is
 *     held where it was
 * @param moveWindowNanos the window of {@code movesMax}
 * @param broadcastsPerSecond broadcast frames taken from one peer
 * @param broadcastBurst broadcast frames taken from one peer at once
 */
public record SwitchLimits(
    int macsMax,
    int macsPerPeerMax,
    long ageingNanos,
    int movesMax,
    long moveWindowNanos,
    int broadcastsPerSecond,
    int broadcastBurst) {

  /** 4,096 addresses, 64 a peer, 300 s; 5 moves in 10 s; 200 broadcasts a second, 400 at once. */
  public static SwitchLimits defaults() {
    return new SwitchLimits(
        4096, 64, Duration.ofSeconds(300).toNanos(), 5, Duration.ofSeconds(10).toNanos(), 200, 400);
  }

  /** The same with another size of the table. */
  SwitchLimits withMacsMax(int macs) {
    return new SwitchLimits(
        macs,
        macsPerPeerMax,
        ageingNanos,
        movesMax,
        moveWindowNanos,
        broadcastsPerSecond,
        broadcastBurst);
  }
}
