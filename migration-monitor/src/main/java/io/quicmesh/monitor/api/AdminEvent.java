package io.quicmesh.monitor.api;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, told to everyone who listens on {@code GET /api/events}. The name is the
 * event's type there, and the object its data.
 */
public sealed interface AdminEvent {
  @JsonIgnore
  String eventName();

  /** A connection began to move to another path. */
  @JsonNaming(SnakeCaseStrategy.class)
  record MigrationStarted(String connectionId, Instant time, String cause) implements AdminEvent {
    @Override
    public String eventName() {
      return "migration-started";
    }
  }

  /**
   * A migration ended.
   *
   * @param result {@code done} or {@code failed}
   * @param durationMs from its start to its end
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record MigrationEnded(@JsonUnwrapped MigrationEntry entry, String result, double durationMs)
      implements AdminEvent {
    @Override
    public String eventName() {
      return "migration";
    }
  }

  /**
   * A handover entered its next step.
   *
   * @param to the carrier that is being tried
   * @param step the state that was entered, such as {@code RESUMING}
   * @param elapsedMs since the handover began
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record HandoverStepped(String peer, Instant time, String to, String step, double elapsedMs)
      implements AdminEvent {
    @Override
    public String eventName() {
      return "handover-step";
    }
  }

  /** A handover ended. */
  @JsonNaming(SnakeCaseStrategy.class)
  record HandoverEnded(@JsonUnwrapped HandoverEntry entry) implements AdminEvent {
    @Override
    public String eventName() {
      return "handover";
    }
  }

  /** A peer came, went, or changed its carrier. */
  @JsonNaming(SnakeCaseStrategy.class)
  record PeerChanged(
      String peer, Instant time, String state, String carrier, @Nullable String reason)
      implements AdminEvent {
    @Override
    public String eventName() {
      return "peer";
    }
  }

  /** A relay came or went; at a relay: a client did. */
  @JsonNaming(SnakeCaseStrategy.class)
  record RelayChanged(String address, Instant time, String state, @Nullable String reason)
      implements AdminEvent {
    @Override
    public String eventName() {
      return "relay";
    }
  }

  /** Something that an operator should look at, such as two hosts with one key. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Alert(Instant time, String code, String message) implements AdminEvent {
    @Override
    public String eventName() {
      return "alert";
    }
  }
}
