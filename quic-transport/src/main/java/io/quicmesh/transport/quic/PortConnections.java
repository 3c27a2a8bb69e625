package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a port by their connection ids: those that we chose for either role, and in
 * the server role the one that the client chose first, which the codec knows as long as the
 * connection lives. Owned by the event loop.
 */
final class PortConnections {

  private final IdTable<PortConnection> byId = new IdTable<>();

  void add(PortConnection connection, byte[] id) {
    byId.put(id, connection);
    connection.ids().add(id);
  }

  /** The codec made another id for the connection that is known by the first one. */
  void addAlias(byte[] known, byte[] made) {
    PortConnection connection = byId.get(known);
    if (connection != null) {
      add(connection, made);
    }
  }

  void remove(PortConnection connection) {
    connection.ids().forEach(byId::remove);
  }

  @Nullable PortConnection find(ByteBuf packet, int index, int length) {
    return byId.find(packet, index, length);
  }

  /** How many ids are known. */
  int size() {
    return byId.size();
  }
}
