package io.quicmesh.lab.probe;

/**
 * A time in which a flow brought nothing although its sender sent.
 *
 * @param flow the flow
 * @param fromNanos the arrival before it
 * @param toNanos the arrival that ended it, or the end of the run
 * @param spacingNanos how far the frame that ended it was sent behind its predecessor, arrived or
 *     not: the part of the gap that is the sender's
 * @param machineNanos how much of it the machine was slow
 * @param open whether nothing arrived any more
 */
public record Gap(
    int flow, long fromNanos, long toNanos, long spacingNanos, long machineNanos, boolean open) {

  /** The same gap, with what it owes to a stalled sender and to a slow machine. */
  Gap without(Stalls sender, Stalls machine) {
    long senderNanos = Math.max(spacingNanos, sender.overlapNanos(fromNanos, toNanos));
    long slowNanos = machine.overlapNanos(fromNanos, toNanos);
    return new Gap(flow, fromNanos, toNanos, senderNanos, slowNanos, open);
  }

  /** How much longer than the sender's own spacing it was. */
  public long excessNanos() {
    return toNanos - fromNanos - spacingNanos;
  }

  /** The same without the time in which the machine was slow. */
  public long excessAtSpeedNanos() {
    return Math.max(0, excessNanos() - machineNanos);
  }
}
