package io.quicmesh.migration.gate;

/**
 * The answer to a challenge as it came over the wire. The arrays are not copied.
 *
 * @param timeSlot the challenge's
 * @param cookie the challenge's
 * @param proof what only the connection's peer can make of the cookie
 */
@SuppressWarnings("ArrayRecordComponent")
public record GateAnswer(long timeSlot, byte[] cookie, byte[] proof) {}
