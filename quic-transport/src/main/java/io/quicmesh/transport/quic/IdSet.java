package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import java.util.Arrays;

/**
 * A set of connection ids that is asked for the bytes of a packet without copying them. Ids differ
 * in their first eight bytes: a second one that does not replaces the first, which random ids never
 * meet. Owned by the event loop.
 */
final class IdSet {

  private final LongObjectMap<byte[]> ids = new LongObjectHashMap<>();

  void add(byte[] id) {
    ids.put(prefix(id), id);
  }

  void remove(byte[] id) {
    byte[] known = ids.get(prefix(id));
    if (Arrays.equals(known, id)) {
      ids.remove(prefix(id));
    }
  }

  boolean isEmpty() {
    return ids.isEmpty();
  }

  int size() {
    return ids.size();
  }

  /** Whether it holds the id of this length at this index; shorter ones than 8 bytes never are. */
  boolean contains(ByteBuf packet, int index, int length) {
    if (length < Long.BYTES || ids.isEmpty()) {
      return false;
    }
    byte[] id = ids.get(packet.getLong(index));
    if (id == null || id.length != length) {
      return false;
    }
    for (int i = Long.BYTES; i < length; i++) {
      if (packet.getByte(index + i) != id[i]) {
        return false;
      }
    }
    return true;
  }

  private static long prefix(byte[] id) {
    long prefix = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      prefix = prefix << 8 | (i < id.length ? id[i] & 0xff : 0);
    }
    return prefix;
  }
}
