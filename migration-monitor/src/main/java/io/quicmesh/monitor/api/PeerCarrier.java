package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a peer's session runs on now, and why.
 *
 * @param state {@link #UP}, {@link #CONNECTING} or {@link #DOWN}
 * @param carrier {@link #DIRECT}, {@link #RELAY} or {@link #NONE}
 * @param handoverState {@code RELAY_ONLY} to {@code DIRECT}, the step that a handover is in
 * @param underlay the peer's address, or the relay's when the carrier is a circuit
 * @param since when this carrier came into use
 * @param reason why this carrier and no better one
 */
@JsonNaming(SnakeCaseStrategy.class)
public record PeerCarrier(
    String state,
    String carrier,
    String handoverState,
    @Nullable String underlay,
    Instant since,
    @Nullable String reason) {
  public static final String UP = "up";
  public static final String CONNECTING = "connecting";
  public static final String DOWN = "down";

  public static final String DIRECT = "direct";
  public static final String RELAY = "relay";
  public static final String NONE = "none";
}
