package io.quicmesh.node.registrar;

import java.time.Duration;
import java.time.Instant;

/**
 * When a member asks for its next certificate: after two thirds of the validity, spread by up to a
 * twelfth so that a network does not ask all at once, and again after failures. Immutable.
 */
public final class RenewalSchedule {

  private static final Duration RETRY_MAX = Duration.ofHours(1);
  private static final Duration RETRY_MIN = Duration.ofSeconds(30);

  private final Instant notBefore;
  private final Instant notAfter;
  private final double spread;

  /**
   * The schedule of a certificate.
   *
   * @param spread a number from 0 to 1 that is always the same for a node
   */
  public RenewalSchedule(Instant notBefore, Instant notAfter, double spread) {
    this.notBefore = notBefore;
    this.notAfter = notAfter;
    this.spread = spread;
  }

  /** When to ask first. */
  public Instant due() {
    Duration validity = Duration.between(notBefore, notAfter);
    return notBefore
        .plus(validity.multipliedBy(2).dividedBy(3))
        .plusMillis((long) (validity.toMillis() / 12.0 * spread));
  }

  /** When to ask again after an attempt that failed at this time. */
  public Instant dueAfterFailure(Instant failed) {
    Duration left = Duration.between(failed, notAfter).dividedBy(20);
    Duration wait = left.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : left;
    return failed.plus(wait.compareTo(RETRY_MIN) < 0 ? RETRY_MIN : wait);
  }
}
