package io.quicmesh.transport.quic;

import io.netty.util.AttributeKey;
import io.quicmesh.migration.gate.GateConnection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection as the UDP port knows it: its connection ids, who may send to it, and in the client
 * role the port of its own that leads to the codec. Owned by the event loop.
 */
final class PortConnection {

  static final AttributeKey<PortConnection> KEY = AttributeKey.valueOf("quicmesh.port-connection");

  private final GateConnection gate;
  private final @Nullable ClientPort client;
  private final List<byte[]> ids = new ArrayList<>();
  private byte @Nullable [] replacedId;
  private Runnable strangerListener = () -> {};

  /** The source that was admitted last: packets from there need no further check. */
  private @Nullable InetSocketAddress source;

  /**
   * @param client null in the server role
   */
  PortConnection(GateConnection gate, @Nullable ClientPort client) {
    this.gate = gate;
    this.client = client;
  }

  GateConnection gate() {
    return gate;
  }

  @Nullable ClientPort client() {
    return client;
  }

  /** Whether this was the last source that the gate admitted. */
  boolean isSource(InetSocketAddress address) {
    return address.equals(source);
  }

  void setSource(InetSocketAddress address) {
    source = address;
  }

  /** The id of the client's first Initial if a Retry replaced it, else null. */
  byte @Nullable [] replacedId() {
    return replacedId;
  }

  void setReplacedId(byte[] id) {
    replacedId = id;
  }

  /** Sets who is told that a packet of the connection came from where the server is not. */
  void onStranger(Runnable listener) {
    strangerListener = listener;
  }

  void strangerSent() {
    strangerListener.run();
  }

  List<byte[]> ids() {
    return ids;
  }
}
