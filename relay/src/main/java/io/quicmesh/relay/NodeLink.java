package io.quicmesh.relay;

import io.quicmesh.relay.core.ControlInbox;
import io.quicmesh.relay.core.Meter;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.StreamHeader;

/** One connection of a node or joining host, as the switchboard numbers it. */
final class NodeLink implements QuicConnection.Listener {

  final long number;
  final QuicConnection connection;
  final ControlInbox inbox;

  /** The network whose quotas hold; a joining host is one of its own. */
  final Fingerprint network;

  final Meter meter;
  private final RelayLoop relay;

  /** Whether a stream brought something since this was looked at. */
  boolean isHeard;

  /** The round-trip time when it was last looked at; 0 before. */
  long rttNanos;

  NodeLink(long number, QuicConnection connection, Fingerprint network, RelayLoop relay) {
    this.number = number;
    this.connection = connection;
    this.network = network;
    this.relay = relay;
    long now = relay.nanoTime();
    this.inbox = new ControlInbox(now);
    this.meter = relay.meters().acquire(network, connection.peer().key(), now);
  }

  @Override
  public void streamOpened(StreamHeader header, ReceiveStream stream) {
    relay.handleStream(this, header, stream);
  }

  @Override
  public void control(ControlMessage message) {
    relay.handleControl(this, message);
  }

  @Override
  public void pathChanged(PathEvent event) {
    relay.handlePath(this, event);
  }

  @Override
  public void closed(int code, String cause) {
    relay.handleClosed(this, cause);
  }
}
