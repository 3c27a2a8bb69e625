package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;

/** A set of connection ids; see {@link IdTable}. Owned by the event loop. */
final class IdSet {

  private final IdTable<IdSet> ids = new IdTable<>();

  void add(byte[] id) {
    ids.put(id, this);
  }

  void remove(byte[] id) {
    ids.remove(id);
  }

  boolean isEmpty() {
    return ids.isEmpty();
  }

  int size() {
    return ids.size();
  }

  /** Whether it holds the id of this length at this index; shorter ones than 8 bytes never are. */
  boolean contains(ByteBuf packet, int index, int length) {
    return ids.find(packet, index, length) != null;
  }
}
