package io.quicmesh.node;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.migration.CarrierKind;
import io.quicmesh.transport.session.Session;
import io.quicmesh.transport.wire.Opaque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the nodes say to each other on the control lane of their session. Loop-owned. */
final class PeerMessages {

  private static final int PROBES_MAX = 64;

  private final Session session;
  private final NodeContext context;
  private final Listener listener;
  private final Map<Long, Probe> probes = new LinkedHashMap<>();
  private long nextProbe;

  /** A probe under way. */
  private record Probe(long sentNanos, ProbeListener listener) {}

  /** Hears of the answer to a probe. */
  interface ProbeListener {
    void answered(long rttNanos);
  }

  /** Hears what the peer says. */
  interface Listener {

    /** Its operator wants the session on a kind of carrier. */
    void held(CarrierKind kind, @Nullable String relay, long holdNanos);

    /** Its membership was renewed. */
    void renewed(Opaque membershipRecord);

    /** It knows a list of revoked keys. */
    void revocations(Opaque signedList);
  }

  PeerMessages(Session session, NodeContext context, Listener listener) {
    this.session = session;
    this.context = context;
    this.listener = listener;
  }

  void handle(ByteBuf message) {
    PeerMessage read = PeerMessage.read(message);
    if (read instanceof PeerMessage.Hold hold) {
      listener.held(hold.kind(), hold.relay(), TimeUnit.MILLISECONDS.toNanos(hold.millis()));
    } else if (read instanceof PeerMessage.Probe probe) {
      send(new PeerMessage.ProbeEcho(probe.number()));
    } else if (read instanceof PeerMessage.ProbeEcho echo) {
      Probe asked = probes.remove(echo.number());
      if (asked != null) {
        asked.listener.answered(context.nowNanos() - asked.sentNanos);
      }
    } else if (read instanceof PeerMessage.Renewed renewed) {
      listener.renewed(renewed.membershipRecord());
    } else if (read instanceof PeerMessage.Revocations revocations) {
      listener.revocations(revocations.signedList());
    }
  }

  /** Sends a probe through the session; the listener hears of the answer, if one comes. */
  void probe(ProbeListener listener) {
    probes.put(nextProbe, new Probe(context.nowNanos(), listener));
    send(new PeerMessage.Probe(nextProbe++));
    if (probes.size() > PROBES_MAX) {
      probes.remove(probes.keySet().iterator().next());
    }
  }

  void send(PeerMessage message) {
    ByteBuf bytes = Unpooled.buffer();
    message.write(bytes);
    session.sendMessage(bytes);
    bytes.release();
  }
}
