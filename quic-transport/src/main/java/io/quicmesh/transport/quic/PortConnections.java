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
  private final IdSet replaced = new IdSet();

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

  /** A Retry replaced the id of the connection's first Initial; no packet bears it any more. */
  void addReplaced(PortConnection connection, byte[] id) {
    replaced.add(id);
    connection.setReplacedId(id);
  }

  void remove(PortConnection connection) {
    connection.ids().forEach(byId::remove);
    byte[] id = connection.replacedId();
    if (id != null) {
      replaced.remove(id);
    }
  }

  @Nullable PortConnection find(ByteBuf packet, int index, int length) {
    return byId.find(packet, index, length);
  }

  /** Whether a Retry replaced the id, and the connection that came of it is open. */
  boolean isReplaced(ByteBuf packet, int index, int length) {
    return replaced.contains(packet, index, length);
  }

  /** How many ids are known. */
  int size() {
    return byId.size();
  }
}
