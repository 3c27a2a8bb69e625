package io.quicmesh.lab.link;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One direction of an emulated link: frames go in, and come out later, or twice, or never.
 *
 * <p>The order of this class is a frame's way: the queue (dropped at the tail by bytes), the
 * transmitter (which takes the time that the rate gives it), the wire (loss, flipped bit, delay,
 * double). Its only inputs are frames, {@code now} and a seeded generator, so equal inputs give
 * equal outputs. It owns the frames that it holds. Mutable; owned by the thread that drives it.
 */
public final class LinkDirection {

  private static final int ETHERNET_HEADER_BYTES = 14;

  private final Wire wire;
  private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>();
  private final InFlight inFlight = new InFlight();

  private LinkSettings settings;
  private boolean paused;
  private boolean cut;
  private long queueBytes;
  private long headSentNanos = Long.MAX_VALUE;

  private long in;
  private long inBytes;
  private long out;
  private long outBytes;
  private long droppedQueue;
  private long droppedMtu;
  private long droppedCut;

  /** A direction with the given settings whose chances come from {@code random}. */
  public LinkDirection(LinkSettings settings, RandomGenerator random) {
    this.settings = settings;
    this.wire = new Wire(random);
  }

  /** The settings that hold now. */
  public LinkSettings settings() {
    return settings;
  }

  /** Changes the settings; a frame that is being transmitted ends no later than at the new rate. */
  public void configure(LinkSettings changed, long nowNanos) {
    transmitUntil(nowNanos);
    settings = changed;
    ByteBuf head = queue.peek();
    if (head != null && headSentNanos != Long.MAX_VALUE) {
      long atNewRate = nowNanos + changed.capacity().transmitNanos(head.readableBytes());
      headSentNanos = Math.min(headSentNanos, atNewRate);
    }
  }

  /** Stops the transmitter after the frame that is on it; frames wait in the queue. */
  public void pause(long nowNanos) {
    transmitUntil(nowNanos);
    paused = true;
  }

  /** Starts the transmitter again. */
  public void resume(long nowNanos) {
    transmitUntil(nowNanos);
    paused = false;
    if (headSentNanos == Long.MAX_VALUE) {
      startTransmitter(nowNanos);
    }
  }

  /** Drops what waits, what is under way and what comes, until {@link #mend}. */
  public void cut() {
    cut = true;
    droppedCut += queue.size() + inFlight.size();
    releaseAll();
  }

  /** Ends a cut. */
  public void mend() {
    cut = false;
  }

  /** Takes a frame, and with it the caller's reference. */
  public void handleFrame(ByteBuf frame, long nowNanos) {
    int frameBytes = frame.readableBytes();
    in++;
    inBytes += frameBytes;
    transmitUntil(nowNanos);
    Capacity capacity = settings.capacity();
    if (cut) {
      droppedCut++;
      frame.release();
    } else if (capacity.mtuBytes() != 0
        && frameBytes > capacity.mtuBytes() + ETHERNET_HEADER_BYTES) {
      droppedMtu++;
      frame.release();
    } else if (queueBytes + frameBytes > capacity.queueBytesMax() && !passesAtOnce()) {
      droppedQueue++;
      frame.release();
    } else {
      enqueue(frame, frameBytes, nowNanos);
    }
  }

  private boolean passesAtOnce() {
    return settings.capacity().rateBitsPerSecond() == 0 && !paused;
  }

  private void enqueue(ByteBuf frame, int frameBytes, long nowNanos) {
    queue.add(frame);
    queueBytes += frameBytes;
    if (queue.size() == 1) {
      startTransmitter(nowNanos);
      transmitUntil(nowNanos);
    }
  }

  private void startTransmitter(long startNanos) {
    ByteBuf head = queue.peek();
    headSentNanos =
        head == null || paused
            ? Long.MAX_VALUE
            : startNanos + settings.capacity().transmitNanos(head.readableBytes());
  }

  /** Each frame starts when the one before has left, so a late call never costs rate. */
  private void transmitUntil(long nowNanos) {
    while (headSentNanos <= nowNanos) {
      long sentNanos = headSentNanos;
      ByteBuf frame = queue.remove();
      queueBytes -= frame.readableBytes();
      wire.carry(frame, sentNanos, settings, inFlight);
      startTransmitter(sentNanos);
    }
  }

  /** The next frame that has arrived by {@code nowNanos}, with its reference; null if none has. */
  public @Nullable ByteBuf poll(long nowNanos) {
    transmitUntil(nowNanos);
    if (inFlight.firstArrivalNanos() > nowNanos) {
      return null;
    }
    ByteBuf frame = inFlight.removeFirst();
    out++;
    outBytes += frame.readableBytes();
    return frame;
  }

  /**
   * When {@link #poll} may next have a frame; {@link Long#MAX_VALUE} if nothing is held. What is on
   * the transmitter needs no call at its end, only when its shortest delay is over.
   */
  public long nextDeadlineNanos() {
    long transmitted =
        headSentNanos == Long.MAX_VALUE
            ? Long.MAX_VALUE
            : headSentNanos + settings.delay().shortestNanos();
    return Math.min(transmitted, inFlight.firstArrivalNanos());
  }

  /** What has happened until now. */
  public LinkCounters counters() {
    return new LinkCounters(
        in,
        inBytes,
        out,
        outBytes,
        new LinkCounters.Drops(
            droppedQueue, wire.lostByThemselves(), wire.lostInBursts(), droppedMtu, droppedCut),
        wire.duplicated(),
        wire.reordered(),
        wire.flipped(),
        queueBytes,
        inFlight.size());
  }

  /** Bytes of all frames that are held now. */
  public long heldBytes() {
    return queueBytes + inFlight.bytes();
  }

  /** Gives up everything that is held, uncounted: the end. */
  public void close() {
    releaseAll();
  }

  private void releaseAll() {
    queue.forEach(ByteBuf::release);
    queue.clear();
    queueBytes = 0;
    headSentNanos = Long.MAX_VALUE;
    while (inFlight.size() > 0) {
      inFlight.removeFirst().release();
    }
  }
}
