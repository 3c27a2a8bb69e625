package io.quicmesh.monitor;

import io.quicmesh.monitor.api.HandoverRequest;
import io.quicmesh.monitor.api.HandoverResult;
import io.quicmesh.monitor.api.ProbeAnswer;
import io.quicmesh.monitor.api.WhyAnswer;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a node can be asked and told over its admin interface, beside its facts. Called on the admin
 * thread; a stage that fails with {@link AdminFailure} becomes that answer.
 */
public interface AdminActions {
  CompletionStage<WhyAnswer> why(String peer);

  /** Sends a probe to a peer ({@code null}: the first that is up) and waits for its echo. */
  CompletionStage<ProbeAnswer> test(@Nullable String peer);

  /**
   * Moves a connection to a new local port.
   *
   * @param target a peer's name, {@code relay:HOST}, or {@code null} for all connections
   * @return a {@link io.quicmesh.monitor.api.SimulatedMigration} for one target, {@link
   *     io.quicmesh.monitor.api.SimulatedMigrations} for all
   */
  CompletionStage<?> simulateMigration(@Nullable String target);

  /** Hands a session over; the stage completes when that is done, not after the hold. */
  CompletionStage<HandoverResult> handover(HandoverRequest request);
}
