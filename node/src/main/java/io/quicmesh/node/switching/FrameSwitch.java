package io.quicmesh.node.switching;

import io.netty.buffer.ByteBuf;
import io.quicmesh.tap.frame.EthernetFrame;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * A learning Ethernet switch with one port to this host and one port a peer, as in IEEE 802.1Q with
 * a table per VLAN. Every host has one and every pair of hosts a session, so a frame that came from
 * a peer never goes to a peer (split horizon). Owned by the event loop.
 *
 * <p>In the order in which a frame meets it: is it well-formed, is it one broadcast too many, where
 * does it come from (learn), where does it go (look up).
 */
public final class FrameSwitch {

  /** The port of this host's TAP device; peers have positive numbers. */
  public static final int LOCAL = 0;

  /** The answer of {@link #route}: to every peer if the frame is local, else to this host. */
  public static final int FLOOD = -1;

  /** The answer of {@link #route}: nowhere; counted under a {@link SwitchDrop}. */
  public static final int DROP = -2;

  private static final long GROUP_BIT = 1L << 40;
  private static final long BROADCAST = 0xffff_ffff_ffffL;
  private static final long SWEEP_NANOS_MIN = 1_000_000_000L;

  private SwitchLimits limits;
  private final MacTable table;
  private final Map<Integer, PeerPort> peers = new HashMap<>();
  private final Map<SwitchDrop, long[]> drops = new EnumMap<>(SwitchDrop.class);
  private boolean isSwept;
  private long sweptNanos;
  private long notLearned;
  private long loopEvents;

  /** A switch that knows no address and no peer. */
  public FrameSwitch(SwitchLimits limits) {
    this.limits = limits;
    this.table = new MacTable(limits);
    for (SwitchDrop reason : SwitchDrop.values()) {
      drops.put(reason, new long[1]);
    }
  }

  /** What the switch keeps of a peer. */
  private static final class PeerPort {
    private TokenBucket broadcasts;
    private int macs;

    PeerPort(TokenBucket broadcasts) {
      this.broadcasts = broadcasts;
    }
  }

  /** Sets other bounds; the size of the table stays what it was made with. */
  public void setLimits(SwitchLimits to, long nowNanos) {
    limits = to.withMacsMax(limits.macsMax());
    table.setLimits(limits);
    for (PeerPort peer : peers.values()) {
      peer.broadcasts = broadcasts(nowNanos);
    }
  }

  private TokenBucket broadcasts(long nowNanos) {
    return new TokenBucket(limits.broadcastsPerSecond(), limits.broadcastBurst(), nowNanos);
  }

  /** Adds the port of a peer. */
  public void addPeer(int port, long nowNanos) {
    peers.put(port, new PeerPort(broadcasts(nowNanos)));
  }

  /** Removes the port of a peer and forgets its addresses. */
  public void removePeer(int port, long nowNanos) {
    if (peers.remove(port) != null) {
      forget(port, nowNanos);
    }
  }

  /**
   * Decides where a frame goes, and learns where it came from.
   *
   * @param frame the Ethernet frame begins at {@code offset}
   * @param from the port that it came from
   * @return a port, {@link #FLOOD} or {@link #DROP}
   */
  public int route(ByteBuf frame, int offset, int length, int from, long nowNanos) {
    if (length < EthernetFrame.HEADER_BYTES) {
      return drop(SwitchDrop.RUNT);
    }
    long destination = EthernetFrame.destination(frame, offset);
    long source = EthernetFrame.source(frame, offset);
    int vlan = Math.max(0, EthernetFrame.vlanId(frame, offset, length));
    if (source == 0 || (source & GROUP_BIT) != 0) {
      return drop(SwitchDrop.BAD_SOURCE);
    }
    if (from != LOCAL && destination == BROADCAST && isStorm(from, nowNanos)) {
      return drop(SwitchDrop.STORM);
    }
    if (!learn(MacTable.key(source, vlan), from, nowNanos)) {
      return drop(SwitchDrop.MAC_MOVING);
    }
    if ((destination & GROUP_BIT) != 0) {
      return FLOOD;
    }
    return lookUp(MacTable.key(destination, vlan), from, nowNanos);
  }

  private boolean isStorm(int from, long nowNanos) {
    PeerPort peer = peers.get(from);
    return peer != null && !peer.broadcasts.take(nowNanos);
  }

  private boolean learn(long key, int from, long nowNanos) {
    int slot = table.find(key, nowNanos);
    if (slot == MacTable.UNKNOWN) {
      learnNew(key, from, nowNanos);
      return true;
    }
    int known = table.port(slot);
    if (known == from) {
      table.touch(slot, nowNanos);
      return true;
    }
    if (!hasRoom(from)) {
      notLearned++;
      return true;
    }
    if (!table.move(slot, from, nowNanos)) {
      loopEvents++;
      return false;
    }
    count(known, -1);
    count(from, 1);
    return true;
  }

  private void learnNew(long key, int from, long nowNanos) {
    if (table.isFull() && maySweep(nowNanos)) {
      sweep(nowNanos);
    }
    int agedPort = table.portOf(key);
    count(agedPort, -1);
    if (!hasRoom(from) || (table.isFull() && agedPort == MacTable.UNKNOWN)) {
      count(agedPort, 1);
      notLearned++;
      return;
    }
    table.put(key, from, nowNanos);
    count(from, 1);
  }

  /** A flood of new addresses must not cost a sweep a frame. */
  private boolean maySweep(long nowNanos) {
    return !isSwept || nowNanos - sweptNanos >= SWEEP_NANOS_MIN;
  }

  private boolean hasRoom(int port) {
    PeerPort peer = peers.get(port);
    return peer == null || peer.macs < limits.macsPerPeerMax();
  }

  private void count(int port, int change) {
    PeerPort peer = peers.get(port);
    if (peer != null) {
      peer.macs += change;
    }
  }

  private int lookUp(long key, int from, long nowNanos) {
    int slot = table.find(key, nowNanos);
    if (slot == MacTable.UNKNOWN) {
      return FLOOD;
    }
    int to = table.port(slot);
    if (to == from) {
      return drop(SwitchDrop.SAME_PORT);
    }
    if (from != LOCAL && to != LOCAL) {
      return drop(SwitchDrop.NOT_FOR_THIS_HOST);
    }
    return to;
  }

  private int drop(SwitchDrop reason) {
    long[] count = drops.get(reason);
    if (count != null) {
      count[0]++;
    }
    return DROP;
  }

  /** Forgets addresses that were not seen for long. To be called every minute or so. */
  public void sweep(long nowNanos) {
    isSwept = true;
    sweptNanos = nowNanos;
    forget(MacTable.UNKNOWN, nowNanos);
  }

  private void forget(int port, long nowNanos) {
    table.sweep(nowNanos, port);
    peers.forEach((other, peer) -> peer.macs = table.countOn(other));
  }

  /** Frames dropped so far, by reason. */
  public Map<SwitchDrop, Long> drops() {
    Map<SwitchDrop, Long> counts = new EnumMap<>(SwitchDrop.class);
    drops.forEach((reason, count) -> counts.put(reason, count[0]));
    return counts;
  }

  /** Addresses in the table. */
  public int macs() {
    return table.size();
  }

  /** Frames whose source was not learned, because the table or their peer's share was full. */
  public long notLearned() {
    return notLearned;
  }

  /** Frames of addresses that were held because they moved too often. */
  public long loopEvents() {
    return loopEvents;
  }
}
