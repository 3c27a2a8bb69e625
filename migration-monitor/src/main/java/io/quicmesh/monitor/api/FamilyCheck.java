package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * What is known of one IP version.
 *
 * @param udp {@code works}, or why that is not known or not so
 * @param local addresses of this host, without loopback and link-local ones
 * @param observed this host's address and port as each of its relays sees them
 * @param nat {@code none}, {@code yes} or {@code not known}
 * @param mapping whether the port that others see varies with the destination
 */
@JsonNaming(SnakeCaseStrategy.class)
public record FamilyCheck(
    String udp, List<String> local, List<String> observed, String nat, String mapping) {
  public FamilyCheck {
    local = List.copyOf(local);
    observed = List.copyOf(observed);
  }
}
