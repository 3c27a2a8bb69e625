package io.quicmesh.lab.link;

import io.netty.buffer.ByteBuf;
import java.util.random.RandomGenerator;

/**
 * What happens to a frame between the transmitter and its arrival. Counts what it does. Draws a
 * number only for a fault that is set, so one setting does not change another's sequence by being
 * 0.
 */
final class Wire {

  private static final int ETHERNET_HEADER_BYTES = 14;

  /** From end to end, a line shortens the delay by half of its own time at most. */
  private static final long JITTERS_PER_LINE = 4;

  private final RandomGenerator random;
  private final Wander wander;
  private boolean inBurst;
  private long lastArrivalNanos = Long.MIN_VALUE;

  private long lostByThemselves;
  private long lostInBursts;
  private long duplicated;
  private long reordered;
  private long flipped;

  Wire(RandomGenerator random) {
    this.random = random;
    this.wander = new Wander(random);
  }

  long lostByThemselves() {
    return lostByThemselves;
  }

  long lostInBursts() {
    return lostInBursts;
  }

  long duplicated() {
    return duplicated;
  }

  long reordered() {
    return reordered;
  }

  long flipped() {
    return flipped;
  }

  /** Owns the frame from here: it is lost and released, or put under way. */
  void carry(ByteBuf frame, long sentNanos, LinkSettings settings, InFlight inFlight) {
    if (loses(settings.loss())) {
      frame.release();
      return;
    }
    Faults faults = settings.faults();
    if (happens(faults.flip())) {
      flipBit(frame);
    }
    long arrivalNanos = arrival(sentNanos, settings.delay(), faults);
    inFlight.add(frame, arrivalNanos);
    if (happens(faults.duplicate())) {
      duplicated++;
      inFlight.add(frame.retainedDuplicate(), arrivalNanos);
    }
  }

  private boolean loses(Loss loss) {
    if (loss.enter() > 0) {
      inBurst = inBurst ? !happens(loss.exit()) : happens(loss.enter());
    } else {
      inBurst = false;
    }
    if (inBurst && happens(loss.inBurst())) {
      lostInBursts++;
      return true;
    }
    if (happens(loss.random())) {
      lostByThemselves++;
      return true;
    }
    return false;
  }

  private void flipBit(ByteBuf frame) {
    int bits = (frame.readableBytes() - ETHERNET_HEADER_BYTES) * 8;
    if (bits <= 0) {
      return;
    }
    flipped++;
    int bit = random.nextInt(bits);
    int index = frame.readerIndex() + ETHERNET_HEADER_BYTES + bit / 8;
    frame.setByte(index, frame.getByte(index) ^ (1 << (bit % 8)));
  }

  /** A frame that is held back does not hold back those behind it. */
  private long arrival(long sentNanos, Delay delay, Faults faults) {
    long arrivalNanos = sentNanos + delay.nanos() + jitterNanos(sentNanos, delay);
    if (happens(faults.reorder())) {
      reordered++;
      return arrivalNanos + faults.reorderNanos();
    }
    if (delay.reorders()) {
      return arrivalNanos;
    }
    lastArrivalNanos = Math.max(lastArrivalNanos, arrivalNanos);
    return lastArrivalNanos;
  }

  /** If frames are to keep their order, the delay must not shrink faster than time goes on. */
  private long jitterNanos(long sentNanos, Delay delay) {
    long jitterNanos = delay.jitterNanos();
    if (jitterNanos == 0) {
      return 0;
    }
    return delay.reorders()
        ? random.nextLong(-jitterNanos, jitterNanos + 1)
        : Math.round(jitterNanos * wander.at(sentNanos, jitterNanos * JITTERS_PER_LINE));
  }

  private boolean happens(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }
}
