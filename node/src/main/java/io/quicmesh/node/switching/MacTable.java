package io.quicmesh.node.switching;

import java.util.Arrays;

/**
 * Where addresses were seen last: an open-addressed hash table from (VLAN, MAC) to a port.
 * Allocates nothing per frame. Owned by the event loop.
 */
final class MacTable {

  static final int UNKNOWN = -1;

  private static final long FREE = 0;

  private SwitchLimits limits;
  private final long[] keys;
  private final int[] ports;
  private final long[] seenNanos;
  private final int[] moves;
  private final long[] moveWindowStartNanos;
  private final int mask;
  private int size;

  MacTable(SwitchLimits limits) {
    this.limits = limits;
    int capacity = Integer.highestOneBit(Math.max(16, limits.macsMax() * 2 - 1)) * 2;
    mask = capacity - 1;
    keys = new long[capacity];
    ports = new int[capacity];
    seenNanos = new long[capacity];
    moves = new int[capacity];
    moveWindowStartNanos = new long[capacity];
  }

  /** The key of an address in a VLAN; never 0, since the zero address is never learned. */
  static long key(long mac, int vlan) {
    return (long) vlan << 48 | mac;
  }

  /** Bounds from now on; that of the table's size must be the one that it was made with. */
  void setLimits(SwitchLimits to) {
    limits = to;
  }

  int size() {
    return size;
  }

  boolean isFull() {
    return size >= limits.macsMax();
  }

  /** Slot of a key that is not too old, or {@link #UNKNOWN}. */
  int find(long key, long nowNanos) {
    int slot = slotOf(key);
    if (keys[slot] == FREE || nowNanos - seenNanos[slot] > limits.ageingNanos()) {
      return UNKNOWN;
    }
    return slot;
  }

  int port(int slot) {
    return ports[slot];
  }

  void touch(int slot, long nowNanos) {
    seenNanos[slot] = nowNanos;
  }

  /** Adds a key, or gives an aged one a new life. */
  void put(long key, int port, long nowNanos) {
    int slot = slotOf(key);
    if (keys[slot] == FREE) {
      keys[slot] = key;
      size++;
    }
    ports[slot] = port;
    seenNanos[slot] = nowNanos;
    moves[slot] = 0;
    moveWindowStartNanos[slot] = nowNanos;
  }

  /** The port of a key, aged or not, or {@link #UNKNOWN}. */
  int portOf(long key) {
    int slot = slotOf(key);
    return keys[slot] == FREE ? UNKNOWN : ports[slot];
  }

  /**
   * Moves an address to another port, unless it moves too often.
   *
   * @return whether it moved
   */
  boolean move(int slot, int port, long nowNanos) {
    if (nowNanos - moveWindowStartNanos[slot] > limits.moveWindowNanos()) {
      moveWindowStartNanos[slot] = nowNanos;
      moves[slot] = 0;
    }
    if (moves[slot] >= limits.movesMax()) {
      return false;
    }
    moves[slot]++;
    ports[slot] = port;
    seenNanos[slot] = nowNanos;
    return true;
  }

  /** Forgets addresses that are too old, or on this port. */
  int sweep(long nowNanos, int port) {
    long[] oldKeys = keys.clone();
    int[] oldPorts = ports.clone();
    long[] oldSeen = seenNanos.clone();
    int[] oldMoves = moves.clone();
    long[] oldWindows = moveWindowStartNanos.clone();
    int before = size;
    Arrays.fill(keys, FREE);
    size = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      boolean isAged = nowNanos - oldSeen[i] > limits.ageingNanos();
      if (oldKeys[i] != FREE && oldPorts[i] != port && !isAged) {
        int slot = slotOf(oldKeys[i]);
        keys[slot] = oldKeys[i];
        ports[slot] = oldPorts[i];
        seenNanos[slot] = oldSeen[i];
        moves[slot] = oldMoves[i];
        moveWindowStartNanos[slot] = oldWindows[i];
        size++;
      }
    }
    return before - size;
  }

  int countOn(int port) {
    int count = 0;
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != FREE && ports[i] == port) {
        count++;
      }
    }
    return count;
  }

  private int slotOf(long key) {
    int slot = (int) ((key * 0x9e3779b97f4a7c15L) >>> 32) & mask;
    while (keys[slot] != FREE && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
