package io.quicmesh.transport.carrier;

import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.session.FlightBudget;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.StreamHeader;
import org.jspecify.annotations.Nullable;

/** A direct connection between two nodes, as a carrier of their session. Loop-owned. */
public final class DirectCarrier extends CarrierEnd implements QuicConnection.Listener {

  /** Hears what is not the session's business. */
  public interface Owner {

    /** A control message of the peer. */
    void control(DirectCarrier carrier, ControlMessage message);

    /** The connection's path changed. */
    void pathChanged(DirectCarrier carrier, PathEvent event);

    /** The peer may be elsewhere: see {@link QuicConnection.Listener#strangerSent}. */
    void doubted(DirectCarrier carrier);

    /** The connection ended; the session was told before. */
    void ended(DirectCarrier carrier, int code, String cause);
  }

  private final QuicConnection connection;
  private final FlightBudget budget;
  private final Owner owner;

  /** Takes over the connection and its listener. */
  public DirectCarrier(QuicConnection connection, FlightBudget budget, Owner owner) {
    this.connection = connection;
    this.budget = budget;
    this.owner = owner;
    connection.setListener(this);
  }

  /** The connection. */
  public QuicConnection connection() {
    return connection;
  }

  @Override
  public Kind kind() {
    return Kind.DIRECT;
  }

  @Override
  public @Nullable Fingerprint relay() {
    return null;
  }

  @Override
  public String description() {
    return Addresses.text(connection.remoteAddress());
  }

  @Override
  public SendStream openStream(int urgency) {
    return connection.openStream(new StreamHeader.Lane(), urgency);
  }

  @Override
  public FlightBudget flightBudget() {
    return budget;
  }

  @Override
  public void close(CloseCode code) {
    connection.close(code);
  }

  @Override
  public void streamOpened(StreamHeader header, ReceiveStream stream) {
    if (header instanceof StreamHeader.Lane) {
      accept(stream);
    } else {
      stream.stop(CloseCode.PROTOCOL.code());
    }
  }

  @Override
  public void control(ControlMessage message) {
    owner.control(this, message);
  }

  @Override
  public void pathChanged(PathEvent event) {
    owner.pathChanged(this, event);
  }

  @Override
  public void strangerSent() {
    owner.doubted(this);
  }

  @Override
  public void closed(int code, String cause) {
    end(cause);
    owner.ended(this, code, cause);
  }
}
