package io.quicmesh.lab.link;

/**
 * Everything that can be set about one direction of a link.
 *
 * @param capacity rate, queue, largest packet
 * @param delay delay and jitter
 * @param loss random and bursty loss
 * @param faults reordering, duplicates, flipped bits
 */
public record LinkSettings(Capacity capacity, Delay delay, Loss loss, Faults faults) {

  /** A wire: no limit, no delay, no fault. */
  public static final LinkSettings WIRE =
      new LinkSettings(Capacity.UNLIMITED, Delay.NONE, Loss.NONE, Faults.NONE);

  LinkSettings with(Capacity changed) {
    return new LinkSettings(changed, delay, loss, faults);
  }

  LinkSettings with(Delay changed) {
    return new LinkSettings(capacity, changed, loss, faults);
  }

  LinkSettings with(Loss changed) {
    return new LinkSettings(capacity, delay, changed, faults);
  }

  LinkSettings with(Faults changed) {
    return new LinkSettings(capacity, delay, loss, changed);
  }
}
