package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * RESUME, RESUMED, COMMIT on one carrier, in both roles: proves that both sides hold the session,
 * gives the attachment its keys, and says from where each lane goes on. Owned by the event loop.
 */
final class ResumeExchange {

  private static final byte[] NO_NONCE = new byte[0];

  private final Session session;
  private final CarrierLink link;
  private @Nullable ResumeMessage sent;
  private @Nullable ResumeMessage answer;
  private @Nullable ResumeMessage answered;
  private @Nullable Attachment prepared;
  private @Nullable ByteBuf held;
  private Purpose purpose = Purpose.HANDOVER;
  private int refusals;

  /** What an attempt is for. */
  enum Purpose {
    /** The owner moves the session, and says when to commit. */
    HANDOVER,
    /** The session itself attaches its lanes anew, and commits at once. */
    UPKEEP,
    /** The same, and what is unacknowledged is sent again instead of being awaited. */
    RESENDING
  }

  ResumeExchange(Session session, CarrierLink link) {
    this.session = session;
    this.link = link;
  }

  // The side that begins.

  /** Begins an attempt. */
  void begin(int epoch, int generation, Purpose why) {
    refusals = 0;
    purpose = why;
    beginAgain(epoch, generation);
  }

  /** Begins it once more with a higher epoch. */
  void beginAgain(int epoch, int generation) {
    ResumeMessage message = message(RecordType.RESUME, false, epoch, generation);
    sent = message;
    answer = null;
    send(message, NO_NONCE);
  }

  Purpose purpose() {
    return purpose;
  }

  /** Epoch of the attempt begun here, or 0. */
  int epoch() {
    return sent == null ? 0 : sent.epoch();
  }

  /** Whether the peer has answered the attempt begun here. */
  boolean isAnswered() {
    return answer != null;
  }

  void handleResumed(ByteBuf payload) {
    ResumeMessage begun = sent;
    if (begun == null || answer != null) {
      return;
    }
    ResumeMessage message = read(RecordType.RESUMED, payload);
    if (message != null && message.epoch() < begun.epoch()) {
      return; // of an attempt that was given up
    }
    if (message == null
        || message.epoch() != begun.epoch()
        || !isProven(message, payload, begun.nonce().toBytes())) {
      session.records().countBad();
      return;
    }
    answer = message;
    session.moves().handleResumed(link);
  }

  /**
   * Commits the answered attempt.
   *
   * @return where this side's lanes go now, and what the peer expects there
   */
  Committed commit(boolean isOldSilent) {
    ResumeMessage begun = sent;
    ResumeMessage reply = answer;
    if (begun == null || reply == null) {
      throw new IllegalStateException("no answered attempt to commit");
    }
    byte[] nonces = CarrierLink.join(begun.nonce().toBytes(), reply.nonce().toBytes());
    Attachment made =
        session.keys().newAttachment(link, begun.epoch(), begun.generation(), nonces, true);
    link.admit(made);
    send(
        message(RecordType.COMMIT, isOldSilent, begun.epoch(), begun.generation()),
        reply.nonce().toBytes());
    drop();
    return new Committed(made, reply, isOldSilent);
  }

  /** An attempt that both sides agree on. */
  record Committed(Attachment attachment, ResumeMessage peer, boolean isOldSilent) {}

  void handleRefused(ByteBuf payload) {
    ResumeMessage begun = sent;
    if (begun == null || payload.readableBytes() < 2 * Integer.BYTES) {
      return;
    }
    int epoch = payload.readInt();
    if (epoch == begun.epoch()) {
      refusals++;
      session.moves().handleRefused(link, payload.readInt());
    }
  }

  /** How often the attempt was refused since it was begun. */
  int refusals() {
    return refusals;
  }

  void drop() {
    sent = null;
    answer = null;
  }

  // The side that answers.

  void handleResume(ByteBuf payload) {
    if (!link.handshake().isRunning()) {
      answer(payload);
    } else if (held == null) {
      held = payload.copy();
    }
  }

  /** Answers what came while the handshake was not quite done. */
  void answerHeld() {
    ByteBuf waiting = held;
    held = null;
    if (waiting != null) {
      answer(waiting);
      waiting.release();
    }
  }

  private void answer(ByteBuf payload) {
    ResumeMessage message = read(RecordType.RESUME, payload);
    if (message == null) {
      session.records().countBad();
      return;
    }
    if (isOutdated(message)) {
      refuse(message.epoch(), Math.max(message.epoch(), session.moves().highestEpoch()));
      return;
    }
    if (!isProven(message, payload, NO_NONCE)) {
      refuse(message.epoch(), 0);
      return;
    }
    if (!session.moves().admit(message.epoch(), message.generation(), link)) {
      refuse(message.epoch(), session.moves().highestEpoch());
      return;
    }
    ResumeMessage reply = message(RecordType.RESUMED, false, message.epoch(), message.generation());
    byte[] nonces = CarrierLink.join(message.nonce().toBytes(), reply.nonce().toBytes());
    Attachment made =
        session.keys().newAttachment(link, message.epoch(), message.generation(), nonces, false);
    link.admit(made);
    answered = reply;
    prepared = made;
    send(reply, message.nonce().toBytes());
    session.listener().peerResumes(link.carrier());
  }

  /** Whether it crossed with a ratchet, which has erased the key that would prove it. */
  private boolean isOutdated(ResumeMessage message) {
    return session.isEstablished()
        && message.sessionId().equals(session.sessionId())
        && message.generation() < session.keys().schedule().generation();
  }

  /** {@code highest} is 0 if this side does not know the session. */
  private void refuse(int epoch, int highest) {
    link.sendSetUpRecord(RecordType.REFUSED, Unpooled.buffer(8).writeInt(epoch).writeInt(highest));
  }

  void handleCommit(ByteBuf payload) {
    ResumeMessage reply = answered;
    Attachment made = prepared;
    if (reply == null || made == null) {
      return;
    }
    ResumeMessage message = read(RecordType.COMMIT, payload);
    if (message != null && message.epoch() < made.epoch()) {
      return; // of an attempt that a newer one has replaced
    }
    if (message == null
        || message.epoch() != made.epoch()
        || !isProven(message, payload, reply.nonce().toBytes())) {
      session.records().countBad();
      return;
    }
    answered = null;
    prepared = null;
    session.moves().handleCommitted(new Committed(made, message, message.isOldSilent()));
  }

  /** Forgets all attempts: they were made with other keys. */
  void reset() {
    drop();
    answered = null;
    prepared = null;
  }

  void close() {
    reset();
    if (held != null) {
      held.release();
      held = null;
    }
  }

  // Both.

  private ResumeMessage message(int type, boolean isOldSilent, int epoch, int generation) {
    byte[] nonce = new byte[KeySchedule.NONCE_BYTES];
    session.environment().fillRandom(nonce);
    return new ResumeMessage(
        type,
        session.sessionId(),
        isOldSilent,
        epoch,
        generation,
        Opaque.of(nonce),
        session.expectedNumbers());
  }

  private void send(ResumeMessage message, byte[] previousNonce) {
    byte[] key = session.keys().schedule().resumeKey(message.generation());
    ResumeMessage.Binding binding =
        ResumeMessage.Binding.of(session.config().self(), session.config().peer(), link.carrier());
    link.sendSetUpRecord(message.type(), message.encode(key, binding, previousNonce));
  }

  private static @Nullable ResumeMessage read(int type, ByteBuf payload) {
    try {
      return ResumeMessage.read(type, payload);
    } catch (WireException e) {
      return null;
    }
  }

  private boolean isProven(ResumeMessage message, ByteBuf payload, byte[] previousNonce) {
    if (!session.isEstablished() || !message.sessionId().equals(session.sessionId())) {
      return false;
    }
    KeySchedule keys = session.keys().schedule();
    if (!keys.isReachable(message.generation())) {
      return false;
    }
    ResumeMessage.Binding binding =
        ResumeMessage.Binding.of(session.config().peer(), session.config().self(), link.carrier());
    byte[] key = keys.resumeKey(message.generation());
    return ResumeMessage.isProven(message.type(), payload, key, binding, previousNonce);
  }
}
