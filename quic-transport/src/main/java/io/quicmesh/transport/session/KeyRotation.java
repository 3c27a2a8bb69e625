package io.quicmesh.transport.session;

/**
 * When the secret of a session is to move on: to its next generation at every rotation, so that who
 * takes the keys cannot read what was before; and by a handshake at every renewal, so that who took
 * them cannot read what comes after. One side drives it. Owned by the event loop.
 */
public final class KeyRotation {

  private long rotationNanos;
  private final long renewalNanos;
  private long nextRotationNanos;
  private long nextRenewalNanos;

  /** What is to be done with the secret. */
  public enum Step {
    NOTHING,
    /** {@link Session#ratchet}. */
    RATCHET,
    /** {@link Session#renew}. */
    RENEW
  }

  public KeyRotation(long rotationNanos, long renewalNanos, long nowNanos) {
    if (rotationNanos <= 0 || renewalNanos <= 0) {
      throw new IllegalArgumentException("intervals of keys must be positive");
    }
    this.rotationNanos = rotationNanos;
    this.renewalNanos = renewalNanos;
    handleFreshSecret(nowNanos);
  }

  /** The peer wants rotations at least so often. */
  public void handlePeerRotation(long peerRotationNanos, long nowNanos) {
    if (peerRotationNanos > 0 && peerRotationNanos < rotationNanos) {
      rotationNanos = peerRotationNanos;
      nextRotationNanos = Math.min(nextRotationNanos, nowNanos + rotationNanos);
    }
  }

  /** A handshake gave the session its secret. */
  public void handleFreshSecret(long nowNanos) {
    nextRotationNanos = nowNanos + rotationNanos;
    nextRenewalNanos = nowNanos + renewalNanos;
  }

  public long nextDeadlineNanos() {
    return Math.min(nextRotationNanos, nextRenewalNanos);
  }

  /** What is due; it is taken to be done, and due again an interval later. */
  public Step handleDeadline(long nowNanos) {
    if (nowNanos >= nextRenewalNanos) {
      handleFreshSecret(nowNanos);
      return Step.RENEW;
    }
    if (nowNanos >= nextRotationNanos) {
      nextRotationNanos = nowNanos + rotationNanos;
      return Step.RATCHET;
    }
    return Step.NOTHING;
  }
}
