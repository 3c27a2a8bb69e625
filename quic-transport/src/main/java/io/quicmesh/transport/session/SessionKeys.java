package io.quicmesh.transport.session;

import io.quicmesh.transport.wire.Opaque;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a session, from its first handshake on, and the ciphers that attachments get from
 * them. Owned by the event loop.
 */
final class SessionKeys {

  private static final Opaque NO_SESSION = Opaque.of(new byte[0]);

  private final RecordCipher.Scratch scratch = new RecordCipher.Scratch();
  private @Nullable KeySchedule schedule;

  boolean isThere() {
    return schedule != null;
  }

  KeySchedule schedule() {
    KeySchedule there = schedule;
    if (there == null) {
      throw new IllegalStateException("the session has no keys yet");
    }
    return there;
  }

  /** The id of the session, 16 bytes; empty before it is established. */
  Opaque sessionId() {
    return schedule == null ? NO_SESSION : schedule.sessionId();
  }

  /** Takes the secret of a new session; an old one is erased. */
  void begin(byte[] secret) {
    erase();
    schedule = new KeySchedule(secret);
  }

  /** Takes a fresh secret of the same session. */
  void renew(byte[] secret) {
    schedule = schedule().renew(secret);
  }

  Attachment newAttachment(
      CarrierLink link, int epoch, int generation, byte[] nonces, boolean isInitiator) {
    if (link.carrier().kind() == Carrier.Kind.DIRECT) {
      return new Attachment(link, epoch, null, null);
    }
    byte[] mine = schedule().recordKey(generation, nonces, isInitiator);
    byte[] theirs = schedule().recordKey(generation, nonces, !isInitiator);
    return new Attachment(
        link, epoch, new RecordCipher(mine, scratch), new RecordCipher(theirs, scratch));
  }

  void erase() {
    if (schedule != null) {
      schedule.erase();
    }
  }
}
