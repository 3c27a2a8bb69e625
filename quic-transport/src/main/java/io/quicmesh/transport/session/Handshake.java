package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Opaque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The end-to-end handshake of a session on one carrier, with what each side says inside it: the id
 * of the session that it still holds (16 bytes, or zeros), then its owner's greeting. If both hold
 * the same session it only gets a fresh secret, and its lanes go on. Owned by the event loop.
 */
final class Handshake implements KeyExchange.Listener {

  private static final int CLAIM_BYTES = KeySchedule.SESSION_ID_BYTES;

  private final Session session;
  private final CarrierLink link;
  private @Nullable KeyExchange exchange;
  private @Nullable KeyExchange lingering;
  private byte @Nullable [] secret;
  private byte @Nullable [] greeting;
  private boolean closed;

  Handshake(Session session, CarrierLink link) {
    this.session = session;
    this.link = link;
  }

  boolean isRunning() {
    return exchange != null;
  }

  void start() {
    begin(true);
  }

  void handleTls(ByteBuf payload) {
    KeyExchange running = exchange;
    if (running == null) {
      if (session.config().isInitiator()) {
        session.records().countBad();
        return;
      }
      session.links().dropHandshakes();
      running = begin(false);
    }
    running.receive(payload.retainedSlice());
  }

  private KeyExchange begin(boolean client) {
    secret = null;
    greeting = null;
    closeLingering();
    KeyExchange begun = session.environment().newKeyExchange(client, this);
    exchange = begun;
    begun.start();
    return begun;
  }

  @Override
  public void transmit(byte[] bytes) {
    link.sendSetUpRecord(RecordType.TLS, CarrierLink.wrap(bytes));
  }

  @Override
  public void established(byte[] shared) {
    KeyExchange running = exchange;
    if (running != null) {
      secret = shared;
      running.send(CarrierLink.join(claim(), session.listener().greeting()));
      finish();
    }
  }

  @Override
  public void message(byte[] message) {
    if (exchange != null && greeting == null) {
      greeting = message;
      finish();
    }
  }

  @Override
  public void failed(CloseCode code, String reason) {
    drop();
    if (!closed) {
      session.listener().failed(link.carrier(), code, reason);
    }
  }

  private void finish() {
    byte[] shared = secret;
    byte[] peerGreeting = greeting;
    if (shared == null || peerGreeting == null || closed) {
      return;
    }
    linger();
    String refused = refusal(peerGreeting);
    if (refused != null) {
      session.listener().failed(link.carrier(), CloseCode.WRONG_PEER, refused);
      return;
    }
    Opaque peerClaim = Opaque.of(Arrays.copyOf(peerGreeting, CLAIM_BYTES));
    session
        .links()
        .install(shared, link, session.isEstablished() && peerClaim.equals(session.sessionId()));
    link.resume().answerHeld();
  }

  /** The id of the session that this side still holds, or zeros. */
  private byte[] claim() {
    return session.isEstablished() ? session.sessionId().toBytes() : new byte[CLAIM_BYTES];
  }

  private @Nullable String refusal(byte[] peerGreeting) {
    if (peerGreeting.length < CLAIM_BYTES) {
      return "the peer's greeting is cut short";
    }
    return session
        .listener()
        .greeted(Arrays.copyOfRange(peerGreeting, CLAIM_BYTES, peerGreeting.length));
  }

  /** The exchange is over for this side, but what it sent last may still be on its way out. */
  private void linger() {
    closeLingering();
    lingering = exchange;
    exchange = null;
    secret = null;
    greeting = null;
  }

  private void closeLingering() {
    KeyExchange old = lingering;
    lingering = null;
    if (old != null) {
      old.close();
    }
  }

  /** Gives up a handshake that runs: a newer one took its place. */
  void drop() {
    KeyExchange running = exchange;
    exchange = null;
    secret = null;
    greeting = null;
    if (running != null) {
      running.close();
    }
  }

  void close() {
    closed = true;
    closeLingering();
    drop();
  }
}
