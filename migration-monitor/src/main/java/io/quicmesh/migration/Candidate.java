package io.quicmesh.migration;

import java.net.InetSocketAddress;

/**
 * An underlay address at which a peer may be reached directly. A hint until a peer proves itself.
 */
public record Candidate(InetSocketAddress address, CandidateKind kind) {}
