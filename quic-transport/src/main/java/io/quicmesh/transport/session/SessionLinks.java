package io.quicmesh.transport.session;

import io.quicmesh.transport.session.ResumeExchange.Purpose;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The carriers that a session holds on to, and its handshake, which runs on one of them at a time:
 * at the beginning, for fresh keys, and when the peer has lost its state. Owned by the event loop.
 */
final class SessionLinks {

  private static final long HANDSHAKE_NANOS_MAX = 5_000_000_000L;

  private final Session session;
  private final SessionListener listener;
  private final SendLanes sendLanes;
  private final List<CarrierLink> links = new ArrayList<>();
  private boolean needsHandshake = true;
  private long handshakeBeganNanos;

  SessionLinks(Session session, SessionListener listener, SendLanes sendLanes) {
    this.session = session;
    this.listener = listener;
    this.sendLanes = sendLanes;
  }

  List<CarrierLink> all() {
    return links;
  }

  @Nullable CarrierLink find(Carrier carrier) {
    for (CarrierLink link : links) {
      if (link.carrier().equals(carrier)) {
        return link;
      }
    }
    return null;
  }

  void add(Carrier carrier) {
    CarrierLink link = new CarrierLink(session, carrier);
    links.add(link);
    carrier.setListener(link);
    if (needsHandshake) {
      startHandshake(link);
    } else if (session.config().isInitiator() && !session.moves().hasCommitted()) {
      session.moves().begin(link, 0, Purpose.UPKEEP);
    }
  }

  void handleClosed(CarrierLink link, String cause) {
    links.remove(link);
    if (needsHandshake && !links.isEmpty()) {
      startHandshake(links.get(links.size() - 1));
    }
    Attachment on = sendLanes.attached();
    if (on != null && on.link() == link) {
      sendLanes.detach();
      listener.detached(link.carrier(), cause);
    }
    listener.carrierClosed(link.carrier(), cause);
  }

  void leaveAll() {
    links.forEach(CarrierLink::leave);
    links.clear();
  }

  // Handshake.

  void startOver(CarrierLink link) {
    needsHandshake = true;
    startHandshake(link);
  }

  private void startHandshake(CarrierLink link) {
    boolean isRunning = false;
    for (CarrierLink other : links) {
      isRunning |= other.handshake().isRunning();
    }
    if (session.config().isInitiator() && !isRunning && !link.isClosed()) {
      handshakeBeganNanos = session.environment().nowNanos();
      link.handshake().start();
    }
  }

  /** Begins a handshake anew that has not ended in its time: some of it got lost under way. */
  void startLateHandshakeOver() {
    boolean isLate = session.environment().nowNanos() - handshakeBeganNanos > HANDSHAKE_NANOS_MAX;
    if (session.config().isInitiator() && needsHandshake && isLate && !links.isEmpty()) {
      CarrierLink newest = links.get(links.size() - 1);
      dropHandshakes();
      newest.beginOtherSetUp();
      startHandshake(newest);
    }
  }

  /**
   * Ends handshakes under way: at most one runs; the initiator begins no other, and the responder
   * takes the newest.
   */
  void dropHandshakes() {
    links.forEach(link -> link.handshake().drop());
  }

  /**
   * Takes the secret of a handshake that succeeded on this link.
   *
   * @param isSame whether the peer holds this session too; otherwise lanes begin at 0
   */
  void install(byte[] secret, CarrierLink link, boolean isSame) {
    if (isSame) {
      session.keys().renew(secret);
    } else {
      if (session.keys().isThere()) {
        session.restart();
      }
      session.keys().begin(secret);
      session.moves().restart();
    }
    needsHandshake = false;
    dropHandshakes();
    forgetAttempts();
    if (isSame) {
      listener.renewed();
    } else {
      listener.established();
    }
    if (session.config().isInitiator()) {
      Attachment on = sendLanes.attached();
      session.moves().begin(on == null ? link : on.link(), 0, Purpose.UPKEEP);
    }
  }

  /** They were made with other keys. */
  private void forgetAttempts() {
    CarrierLink interrupted = session.moves().handoverUnderWay();
    for (CarrierLink each : links) {
      each.heartbeats().rekey();
      each.resume().reset();
    }
    if (interrupted != null) {
      listener.resumeFailed(interrupted.carrier(), "the session got other keys");
    }
  }
}
