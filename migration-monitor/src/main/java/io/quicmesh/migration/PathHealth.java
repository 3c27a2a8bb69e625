package io.quicmesh.migration;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The health of one carrier's path: heartbeats, round-trip time, loss, delivery rate, silence.
 *
 * <p><b>Hearing</b> means that something sent later than anything answered before was answered, by
 * an acknowledgement or an echo; a packet of the peer alone says nothing about our direction.
 * Silence is the time without hearing while something is unanswered. After a stall of our own (a
 * deadline handled late, a sleeping host) silence is measured anew, once, because answers may wait
 * in the socket.
 *
 * <p><b>Doubt</b> is a sign from elsewhere that the path may be dead. It asks at once, and what was
 * sent since then has to be answered within max(80 ms, 2 RTT + 2 jitter). One a second counts, so
 * that nobody else can make it ask more often.
 *
 * <p>Echoes of heartbeats that are not in flight are ignored.
 *
 * <p>Mutable; owned by the event loop that owns the carrier. Nothing is allocated for a record.
 */
public final class PathHealth {

  private static final long OWN_STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long DOUBT_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(80);
  private static final long DOUBT_SPACING_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long MOVED_LOSS_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final double DELAY_HALVES_QUALITY_NANOS = 300e6;
  private static final int LOSS_EXPONENT = 8;

  private final PathHealthSettings settings;
  private final Deque<HealthOutput> outputs = new ArrayDeque<>();
  private final Heartbeats heartbeats = new Heartbeats();
  private final EchoSamples echoSamples = new EchoSamples();
  private final RttEstimate rtt = new RttEstimate();
  private final DeliveryRate delivery;
  private LossEstimate loss;

  private long nextHeartbeatNanos;
  private long lastHeartbeatNanos;
  private long lastSentNanos = Long.MIN_VALUE;
  private long newestAnsweredNanos = Long.MIN_VALUE;
  private long unansweredSinceNanos;
  private long lastHeardNanos;
  private long heartbeatsLost;
  private boolean silent;
  private boolean stallForgiven;
  private long doubtedSinceNanos = Deadlines.NEVER;
  private long nextDoubtNanos = Long.MIN_VALUE;

  private long oldestUnacknowledgedNanos = Deadlines.NEVER;
  private long lastProgressNanos;
  private boolean silenceForgiven;
  private boolean smallPacketsOnly;
  private long lossCountsFromNanos;
  private long packetsSent;
  private long packetsLost;

  public PathHealth(PathHealthSettings settings, long nowNanos) {
    this.settings = settings;
    this.loss = new LossEstimate(nowNanos);
    this.delivery = new DeliveryRate(nowNanos);
    this.nextHeartbeatNanos = nowNanos;
    this.lastHeartbeatNanos = nowNanos;
    this.lastHeardNanos = nowNanos;
    this.lastProgressNanos = nowNanos;
    this.lossCountsFromNanos = nowNanos;
  }

  /**
   * The carrier goes by another path since now. What got lost on the one before says nothing about
   * it, and is noticed for some time yet.
   */
  public void handleMoved(long nowNanos) {
    loss = new LossEstimate(nowNanos);
    lossCountsFromNanos = nowNanos + MOVED_LOSS_NANOS;
  }

  /** Records that will be acknowledged were sent. */
  public void handleRecordsSent(long nowNanos) {
    if (oldestUnacknowledgedNanos == Deadlines.NEVER) {
      oldestUnacknowledgedNanos = nowNanos;
    }
    handleSent(nowNanos);
    long busyNanos = Math.max(nowNanos, lastHeartbeatNanos + settings.busyIntervalNanos());
    nextHeartbeatNanos = Math.min(nextHeartbeatNanos, busyNanos);
  }

  /**
   * Records were acknowledged.
   *
   * @param newestSentNanos when the newest of them was sent on this path
   * @param oldestUnacknowledgedNanos when the oldest record still unacknowledged was sent, {@link
   *     Deadlines#NEVER} if there is none
   * @param bytes how many bytes they were
   */
  public void handleAcknowledged(
      long newestSentNanos, long oldestUnacknowledgedNanos, long bytes, long nowNanos) {
    this.oldestUnacknowledgedNanos = oldestUnacknowledgedNanos;
    lastProgressNanos = nowNanos;
    silenceForgiven = false;
    smallPacketsOnly = false;
    delivery.handleAcknowledged(bytes, rtt.smoothedNanos(), nowNanos);
    handleAnswered(newestSentNanos, nowNanos);
    planHeartbeat(nowNanos);
  }

  /** A heartbeat came back. */
  public void handleEcho(long sequence, long nowNanos) {
    long sentNanos = heartbeats.handleEcho(sequence);
    if (sentNanos == Heartbeats.UNKNOWN) {
      return;
    }
    loss.add(1 + heartbeats.skipped(), heartbeats.skipped(), nowNanos);
    heartbeatsLost += heartbeats.skipped();
    long sampleNanos = echoSamples.handleEcho(sentNanos, silent, nowNanos);
    if (sampleNanos != EchoSamples.NONE) {
      handleRtt(sampleNanos, nowNanos);
    }
    handleAnswered(sentNanos, nowNanos);
    planHeartbeat(nowNanos);
    checkSmallPacketsOnly(sentNanos, nowNanos);
  }

  /** A round trip was measured by other means, for example by the carrier's set-up. */
  public void handleRtt(long rttNanos, long nowNanos) {
    rtt.handleSample(rttNanos, nowNanos);
  }

  /**
   * Something else than silence speaks for the path being dead: it has to answer now.
   *
   * @return whether that changes anything, and {@link #handleDeadline} is due
   */
  public boolean handleDoubt(long nowNanos) {
    if (silent || isDoubted() || nowNanos < nextDoubtNanos) {
      return false;
    }
    doubtedSinceNanos = nowNanos;
    nextDoubtNanos = nowNanos + DOUBT_SPACING_NANOS;
    nextHeartbeatNanos = nowNanos;
    return true;
  }

  /** The transport's counters of packets sent and lost since the path came up. */
  public void handlePacketCounts(long sentTotal, long lostTotal, long nowNanos) {
    if (nowNanos >= lossCountsFromNanos) {
      loss.add(sentTotal - packetsSent, lostTotal - packetsLost, nowNanos);
    }
    packetsSent = sentTotal;
    packetsLost = lostTotal;
  }

  public long nextDeadlineNanos() {
    return silent || !isUnanswered()
        ? nextHeartbeatNanos
        : Math.min(nextHeartbeatNanos, silenceDeadlineNanos());
  }

  private long silenceDeadlineNanos() {
    long deadlineNanos = silentSinceNanos() + silenceThresholdNanos();
    return isDoubted()
        ? Math.min(deadlineNanos, doubtedSinceNanos + doubtThresholdNanos())
        : deadlineNanos;
  }

  public void handleDeadline(long nowNanos) {
    if (!stallForgiven && nowNanos - nextDeadlineNanos() > OWN_STALL_NANOS) {
      stallForgiven = true;
      unansweredSinceNanos = nowNanos;
      if (isDoubted()) {
        doubtedSinceNanos = nowNanos;
      }
    }
    if (!silent && isUnanswered() && nowNanos >= silenceDeadlineNanos()) {
      silent = true;
      long thresholdNanos = isDoubted() ? doubtThresholdNanos() : silenceThresholdNanos();
      outputs.add(new HealthOutput.Silent(silenceNanos(nowNanos), thresholdNanos));
      doubtedSinceNanos = Deadlines.NEVER;
    }
    if (nowNanos >= nextHeartbeatNanos) {
      sendHeartbeat(nowNanos);
    }
  }

  public @Nullable HealthOutput poll() {
    return outputs.poll();
  }

  private void sendHeartbeat(long nowNanos) {
    outputs.add(new HealthOutput.SendHeartbeat(heartbeats.send(nowNanos)));
    handleSent(nowNanos);
    lastHeartbeatNanos = nowNanos;
    nextHeartbeatNanos = nowNanos + settings.busyIntervalNanos();
  }

  private void handleSent(long nowNanos) {
    if (!isUnanswered()) {
      unansweredSinceNanos = nowNanos;
    }
    lastSentNanos = nowNanos;
  }

  private void handleAnswered(long sentNanos, long nowNanos) {
    if (sentNanos <= newestAnsweredNanos) {
      return;
    }
    if (silent) {
      silent = false;
      echoSamples.handleHeardAgain(nowNanos);
      if (!silenceForgiven) { // what was sent into the silence was lost whatever its size
        silenceForgiven = true;
        lastProgressNanos = nowNanos;
      }
      outputs.add(new HealthOutput.HeardAgain(silenceNanos(nowNanos)));
    }
    stallForgiven = false;
    if (sentNanos >= doubtedSinceNanos) {
      doubtedSinceNanos = Deadlines.NEVER;
    }
    newestAnsweredNanos = sentNanos;
    lastHeardNanos = nowNanos;
  }

  /** Back to the idle interval once everything is answered. */
  private void planHeartbeat(long nowNanos) {
    if (!isUnanswered() && oldestUnacknowledgedNanos == Deadlines.NEVER) {
      nextHeartbeatNanos = Math.max(nowNanos, lastHeartbeatNanos + settings.idleIntervalNanos());
    }
  }

  /**
   * A queue that drains slowly has old records too, but acknowledges some all the time; a path that
   * drops large packets acknowledges none. It may be silent again and again, because the transport
   * has its window full of them, so only the first silence without an acknowledgement counts as
   * one.
   */
  private void checkSmallPacketsOnly(long heartbeatSentNanos, long nowNanos) {
    if (oldestUnacknowledgedNanos == Deadlines.NEVER || smallPacketsOnly) {
      return;
    }
    long stuckSinceNanos = Math.max(oldestUnacknowledgedNanos, lastProgressNanos);
    long limitNanos = Math.max(settings.stuckMinNanos(), 4 * rtt.smoothedNanos());
    long stuckNanos = nowNanos - stuckSinceNanos;
    if (stuckNanos > limitNanos && heartbeatSentNanos > stuckSinceNanos) {
      smallPacketsOnly = true;
      outputs.add(new HealthOutput.SmallPacketsOnly(stuckNanos, limitNanos));
    }
  }

  private boolean isDoubted() {
    return doubtedSinceNanos != Deadlines.NEVER;
  }

  private long doubtThresholdNanos() {
    long patienceNanos = 2 * (rtt.smoothedNanos() + rtt.jitterNanos());
    return Math.min(Math.max(DOUBT_MIN_NANOS, patienceNanos), silenceThresholdNanos());
  }

  private boolean isUnanswered() {
    return lastSentNanos > newestAnsweredNanos;
  }

  private long silentSinceNanos() {
    return Math.max(lastHeardNanos, unansweredSinceNanos);
  }

  /** How long something has been unanswered without anything heard; 0 if nothing is. */
  public long silenceNanos(long nowNanos) {
    return isUnanswered() ? nowNanos - silentSinceNanos() : 0;
  }

  /**
   * The silence at which the path counts as silent: max(250 ms, 3 RTT + 4 jitter). On a busy host
   * answers come late in bursts, so the jitter adds max(250 ms, RTT) at most: else a dead path
   * would be noticed late just there.
   */
  public long silenceThresholdNanos() {
    long jitterMaxNanos = Math.max(settings.silenceMinNanos(), rtt.smoothedNanos());
    long jitterNanos = Math.min(4 * rtt.jitterNanos(), jitterMaxNanos);
    return Math.max(settings.silenceMinNanos(), 3 * rtt.smoothedNanos() + jitterNanos);
  }

  public boolean isSilent() {
    return silent;
  }

  public boolean carriesSmallPacketsOnly() {
    return smallPacketsOnly;
  }

  /** When something was last heard. */
  public long lastHeardNanos() {
    return lastHeardNanos;
  }

  /** Heartbeats that a later one overtook unanswered. */
  public long heartbeatsLost() {
    return heartbeatsLost;
  }

  public PathQuality quality(long nowNanos) {
    return new PathQuality(
        rtt.measured(),
        rtt.smoothedNanos(),
        rtt.minNanos(),
        rtt.jitterNanos(),
        rtt.varianceNanos(),
        loss.ratio(nowNanos),
        loss.samples(nowNanos),
        delivery.bitsPerSecond(),
        qualityScore(nowNanos));
  }

  /** Falls with delay (a half at 300 ms of RTT and twice the jitter) and with loss; 0 if silent. */
  private double qualityScore(long nowNanos) {
    if (silent || smallPacketsOnly) {
      return 0;
    }
    double delayNanos = rtt.smoothedNanos() + 2.0 * rtt.jitterNanos();
    double delayScore = DELAY_HALVES_QUALITY_NANOS / (DELAY_HALVES_QUALITY_NANOS + delayNanos);
    return delayScore * Math.pow(1 - loss.ratio(nowNanos), LOSS_EXPONENT);
  }
}
