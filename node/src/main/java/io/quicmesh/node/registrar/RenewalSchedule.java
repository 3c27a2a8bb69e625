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
  private static final Duration RETRY_LEAST = Duration.ofSeconds(2);

  private final Instant issued;
  private final Instant notAfter;
  private final double spread;

  /**
   * The schedule of a certificate.
   *
   * @param issued when it was made, which is later than when it begins
   * @param spread a number from 0 to 1 that is always the same for a node
   */
  public RenewalSchedule(Instant issued, Instant notAfter, double spread) {
    this.issued = issued;
    this.notAfter = notAfter;
    this.spread = spread;
  }

  /** When to ask first. */
  public Instant due() {
    Duration validity = Duration.between(issued, notAfter);
    return issued
        .plus(validity.multipliedBy(2).dividedBy(3))
        .plusMillis((long) (validity.toMillis() / 12.0 * spread));
  }

  /** When to ask again after an attempt that failed at this time. */
  public Instant dueAfterFailure(Instant failed) {
    Duration left = Duration.between(failed, notAfter).dividedBy(20);
    Duration least =
        within(Duration.between(issued, notAfter).dividedBy(20), RETRY_LEAST, RETRY_MIN);
    return failed.plus(within(left, least, RETRY_MAX));
  }

  private static Duration within(Duration time, Duration least, Duration most) {
    if (time.compareTo(least) < 0) {
      return least;
    }
    return time.compareTo(most) > 0 ? most : time;
  }
}
