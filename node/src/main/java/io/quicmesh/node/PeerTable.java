package io.quicmesh.node;

import io.quicmesh.node.switching.FrameSwitch;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The peers that this node deals with, by id and by the port of the switch that each has as long as
 * it is here. Loop-owned.
 */
final class PeerTable {

  private static final int PORTS_FIRST = 16;

  private final NodeContext context;
  private final FrameSwitch frameSwitch;
  private final Peer.Host host;
  private final Map<Fingerprint, Peer> byId = new LinkedHashMap<>();
  private @Nullable Peer[] byPort = new Peer[PORTS_FIRST];

  /**
   * @param host of the peers that are added
   */
  PeerTable(NodeContext context, FrameSwitch frameSwitch, Peer.Host host) {
    this.context = context;
    this.frameSwitch = frameSwitch;
    this.host = host;
  }

  /** The peer of this id; it is added if it is not known. */
  Peer getOrAdd(Fingerprint id) {
    Peer known = byId.get(id);
    if (known == null) {
      int port = freePort();
      known = new Peer(id, port, context, host);
      byId.put(id, known);
      byPort[port] = known;
      frameSwitch.addPeer(port, context.nowNanos());
    }
    return known;
  }

  /** Port 0 is this host's. */
  private int freePort() {
    for (int port = 1; port < byPort.length; port++) {
      if (byPort[port] == null) {
        return port;
      }
    }
    byPort = Arrays.copyOf(byPort, byPort.length * 2);
    return byPort.length / 2;
  }

  /** Ends what there is with a peer, and forgets it. */
  void remove(Peer peer, CloseCode code) {
    byId.remove(peer.id());
    byPort[peer.port()] = null;
    frameSwitch.removePeer(peer.port(), context.nowNanos());
    peer.close(code);
  }

  @Nullable Peer get(Fingerprint id) {
    return byId.get(id);
  }

  @Nullable Peer atPort(int port) {
    return byPort[port];
  }

  /** The peer of this name, else the only one whose id begins so, else null. */
  @Nullable Peer find(String nameOrId) {
    Peer found = null;
    int beginSo = 0;
    for (Peer peer : byId.values()) {
      if (peer.name().equals(nameOrId)) {
        return peer;
      }
      if (!nameOrId.isEmpty() && peer.id().toString().startsWith(nameOrId)) {
        found = peer;
        beginSo++;
      }
    }
    return beginSo == 1 ? found : null;
  }

  /** All peers, as they are at any time. */
  Collection<Peer> all() {
    return byId.values();
  }

  /** All peers that there are now; they may be removed meanwhile. */
  List<Peer> snapshot() {
    return List.copyOf(byId.values());
  }
}
