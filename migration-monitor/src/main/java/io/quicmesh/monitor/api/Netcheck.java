package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * What the network around a node lets through; answered to {@code GET /api/netcheck}.
 *
 * @param udp {@code works}, or what is not proven and why
 * @param portMapping whether a router was asked to map a port, {@code not probed} if it was not
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Netcheck(
    String udp, FamilyCheck ipv4, FamilyCheck ipv6, List<RelayLink> relays, String portMapping) {
  public Netcheck {
    relays = List.copyOf(relays);
  }
}
