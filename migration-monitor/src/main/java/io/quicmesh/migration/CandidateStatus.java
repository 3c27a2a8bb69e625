package io.quicmesh.migration;

/**
 * What became of a candidate.
 *
 * @param rttNanos the round trip of the last connection, 0 if there was none
 */
public record CandidateStatus(Candidate candidate, DialResult result, long rttNanos) {}
