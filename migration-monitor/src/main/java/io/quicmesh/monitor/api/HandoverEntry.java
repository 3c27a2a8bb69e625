package io.quicmesh.monitor.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One handover that ended: the lanes of a session moved to another carrier, or stayed.
 *
 * @param from the carrier before, such as {@code relay:192.0.2.1:4433}
 * @param to the carrier that was tried
 * @param result {@link #DONE} or {@link #FAILED}
 * @param reason why it failed
 * @param gapMs the longest time without a frame around the switch
 */
@JsonNaming(SnakeCaseStrategy.class)
public record HandoverEntry(
    String peer,
    Instant time,
    String from,
    String to,
    String cause,
    String result,
    @Nullable String reason,
    List<HandoverStep> steps,
    @Nullable Double gapMs,
    long framesResent) {
  public static final String DONE = "done";
  public static final String FAILED = "failed";

  public HandoverEntry {
    steps = List.copyOf(steps);
  }

  /** The whole transition: the sum of its steps. */
  public double totalMs() {
    return steps.stream().mapToDouble(HandoverStep::ms).sum();
  }
}
