package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to each connection id, found by the bytes of a packet without copying them. Ids
 * differ in their first eight bytes: a second one that does not replaces the first, which random
 * ids never meet. Owned by the event loop.
 */
final class IdTable<V> {

  private final LongObjectMap<Entry<V>> entries = new LongObjectHashMap<>();

  @SuppressWarnings("ArrayRecordComponent")
  private record Entry<V>(byte[] id, V value) {}

  void put(byte[] id, V value) {
    entries.put(prefix(id), new Entry<>(id, value));
  }

  void remove(byte[] id) {
    Entry<V> known = entries.get(prefix(id));
    if (known != null && Arrays.equals(known.id, id)) {
      entries.remove(prefix(id));
    }
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  int size() {
    return entries.size();
  }

  @Nullable V get(byte[] id) {
    Entry<V> entry = entries.get(prefix(id));
    return entry != null && Arrays.equals(entry.id, id) ? entry.value : null;
  }

  /** What belongs to the id of this length at this index; shorter ones than 8 bytes never do. */
  @Nullable V find(ByteBuf packet, int index, int length) {
    if (length < Long.BYTES || entries.isEmpty()) {
      return null;
    }
    Entry<V> entry = entries.get(packet.getLong(index));
    if (entry == null || entry.id.length != length) {
      return null;
    }
    for (int i = Long.BYTES; i < length; i++) {
      if (packet.getByte(index + i) != entry.id[i]) {
        return null;
      }
    }
    return entry.value;
  }

  /** The first eight bytes of an id. */
  static long prefix(byte[] id) {
    long prefix = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      prefix = prefix << 8 | (i < id.length ? id[i] & 0xff : 0);
    }
    return prefix;
  }
}
