package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the parts of the switchboard say: outputs in order, and counts of refusals. */
final class Outbox {

  private final ArrayDeque<Output> outputs = new ArrayDeque<>();
  private final EnumMap<Refusal, Long> refusals = new EnumMap<>(Refusal.class);

  void add(Output output) {
    outputs.add(output);
  }

  void send(long connection, ControlMessage message) {
    outputs.add(new Output.Send(connection, message));
  }

  void endStream(long stream, CloseCode code) {
    outputs.add(new Output.EndStream(stream, code));
  }

  void count(Refusal refusal) {
    refusals.merge(refusal, 1L, Long::sum);
  }

  @Nullable Output poll() {
    return outputs.poll();
  }

  Map<Refusal, Long> refusals() {
    return Map.copyOf(refusals);
  }
}
