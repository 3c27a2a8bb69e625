package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * Who a peer is.
 *
 * @param id the node id in base32
 */
@JsonNaming(SnakeCaseStrategy.class)
public record PeerIdentity(String name, String id, String overlayAddress) {}
