package io.quicmesh.lab.link;

/**
 * What the wire does wrong to frames that it does not lose.
 *
 * @param reorder the chance that a frame is held back, so that those behind it overtake
 * @param reorderNanos for how long such a frame is held back
 * @param duplicate the chance that a frame arrives twice
 * @param flip the chance that one bit behind the Ethernet header is flipped
 */
public record Faults(double reorder, long reorderNanos, double duplicate, double flip) {

  static final Faults NONE = new Faults(0, 0, 0, 0);

  /** Refuses what is no probability. */
  public Faults {
    Probability.check("reorder", reorder);
    Probability.check("duplicate", duplicate);
    Probability.check("flip", flip);
    if (reorderNanos < 0) {
      throw new IllegalArgumentException("reorder's time must not be negative");
    }
  }

  Faults withReorder(double probability, long heldNanos) {
    return new Faults(probability, heldNanos, duplicate, flip);
  }

  Faults withDuplicate(double probability) {
    return new Faults(reorder, reorderNanos, probability, flip);
  }

  Faults withFlip(double probability) {
    return new Faults(reorder, reorderNanos, duplicate, probability);
  }
}
