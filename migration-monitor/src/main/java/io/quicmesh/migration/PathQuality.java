package io.quicmesh.migration;

/**
 * A path in figures.
 *
 * @param measured whether any round trip was measured; without one the times are a guess
 * @param rttNanos smoothed round-trip time
 * @param minRttNanos least round-trip time of late
 * @param jitterNanos smoothed difference of consecutive round-trip times
 * @param rttVarianceNanos smoothed deviation from the smoothed round-trip time
 * @param loss lost packets among those sent of late, 0 to 1
 * @param lossSamples how many packets that ratio rests on
 * @param bandwidthBps the highest delivery rate of late, bits a second; 0 if nothing was delivered
 * @param quality 0 (unusable) to 1 (as good as a path can be)
 */
public record PathQuality(
    boolean measured,
    long rttNanos,
    long minRttNanos,
    long jitterNanos,
    long rttVarianceNanos,
    double loss,
    long lossSamples,
    long bandwidthBps,
    double quality) {}
