package io.quicmesh.transport.carrier;

import io.quicmesh.transport.session.FlightBudget;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.StreamHeader;
import org.jspecify.annotations.Nullable;

/** A circuit through one relay, as a carrier of a session. Loop-owned. */
public final class CircuitCarrier extends CarrierEnd {

  private final RelayClient relay;
  private final Fingerprint peer;
  private final long nonce;

  CircuitCarrier(RelayClient relay, Fingerprint peer, long nonce) {
    this.relay = relay;
    this.peer = peer;
    this.nonce = nonce;
  }

  /** The relay connection that this circuit runs on. */
  public RelayClient client() {
    return relay;
  }

  Fingerprint peer() {
    return peer;
  }

  long nonce() {
    return nonce;
  }

  @Override
  public Kind kind() {
    return Kind.CIRCUIT;
  }

  @Override
  public @Nullable Fingerprint relay() {
    return relay.relay();
  }

  @Override
  public String description() {
    return relay.name();
  }

  @Override
  public SendStream openStream(int urgency) {
    return relay.connection().openStream(new StreamHeader.Circuit(peer, nonce), urgency);
  }

  @Override
  public FlightBudget flightBudget() {
    return relay.flightBudget();
  }

  @Override
  public void close(CloseCode code) {
    relay.closeCircuit(this, code);
  }
}
