package io.quicmesh.lab.prober;

import io.quicmesh.lab.probe.DirectionTracker;
import io.quicmesh.lab.probe.Stalls;
import io.quicmesh.tap.PacketRing;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * One run: waits until the way is open, sends until it is told to stop, waits for what is still
 * under way, reports. Sends on the calling thread, receives on another, and measures the machine on
 * a third.
 */
final class Prober implements AutoCloseable {

  private static final String[] NAMES = {"a-b", "b-a"};
  private static final long HELLO_OPENING_NANOS = 20_000_000L;
  private static final long HELLO_NANOS = 1_000_000_000L;
  private static final long PARK_NANOS_MAX = 5_000_000L;
  private static final long DRAIN_STEP_NANOS = 5_000_000L;
  private static final long DRAIN_NANOS_MAX = 30_000_000_000L;

  private final ProbeOptions options;
  private final ProbeEnd[] ends;
  private final DirectionSender[] senders;
  private final ProbeReceiver receiver;
  private final MachineMeter machine = new MachineMeter();
  private volatile boolean stopping;

  Prober(int run, ProbeOptions options, ProbeEnd[] ends, GapPrinter gapPrinter) {
    this.options = options;
    this.ends = ends;
    this.senders = new DirectionSender[] {sender(run, 0), sender(run, 1)};
    PacketRing[] rings = {ends[0].socket().ring(), ends[1].socket().ring()};
    this.receiver = new ProbeReceiver(run, options, rings, gapPrinter);
    receiver.start();
  }

  private DirectionSender sender(int run, int end) {
    DirectionSender.Link link =
        new DirectionSender.Link(ends[end].socket(), ends[1 - end].socket(), end, run);
    return new DirectionSender(link, options);
  }

  /** Makes {@link #send} return soon; from any thread. */
  void stop() {
    stopping = true;
  }

  /**
   * Says hello from both ends until both have heard it.
   *
   * @return whether the way is open
   */
  boolean awaitOpen(long timeoutNanos) throws IOException {
    long startNanos = System.nanoTime();
    while (!receiver.open()) {
      if (stopping || System.nanoTime() - startNanos > timeoutNanos) {
        return false;
      }
      sendHellos();
      LockSupport.parkNanos(HELLO_OPENING_NANOS);
    }
    return true;
  }

  /** Sends for the given time, then waits for stragglers until none came for {@code drainNanos}. */
  ProbeReport send(long durationNanos, long drainNanos) throws IOException, InterruptedException {
    machine.start();
    RunClock clock = RunClock.now();
    sendUntil(clock.startNanos(), clock.startNanos() + durationNanos);
    double seconds = clock.seconds(System.nanoTime());
    drain(drainNanos);
    receiver.stop();
    return report(clock, seconds, machine.stop());
  }

  /** An end that sends no data still says hello, so that switches know where it is. */
  private void sendUntil(long startNanos, long endNanos) throws IOException {
    for (int i = 0; i < options.directions(); i++) {
      senders[i].start(startNanos);
    }
    long helloNanos = startNanos + HELLO_NANOS;
    long nowNanos = startNanos;
    while (!stopping && nowNanos < endNanos) {
      long nextNanos = Math.min(endNanos, helloNanos);
      for (int i = 0; i < options.directions(); i++) {
        senders[i].sendDue(nowNanos);
        nextNanos = Math.min(nextNanos, senders[i].nextSendNanos());
      }
      if (nowNanos >= helloNanos) {
        sendHellos();
        helloNanos = nowNanos + HELLO_NANOS;
      }
      waitUntil(nextNanos);
      nowNanos = System.nanoTime();
    }
  }

  private void sendHellos() throws IOException {
    senders[0].sendHellos();
    senders[1].sendHellos();
  }

  /** Sleeps rather than spins: what is measured needs the cores. */
  private static void waitUntil(long atNanos) {
    long waitNanos = atNanos - System.nanoTime();
    if (waitNanos > 0) {
      LockSupport.parkNanos(Math.min(waitNanos, PARK_NANOS_MAX));
    }
  }

  private void drain(long quietNanos) {
    long stoppedNanos = System.nanoTime();
    long sent = senders[0].sent() + senders[1].sent();
    while (receiver.received() < sent) {
      long nowNanos = System.nanoTime();
      long quietSinceNanos = Math.max(stoppedNanos, receiver.lastArrivalNanos());
      if (nowNanos - quietSinceNanos > quietNanos || nowNanos - stoppedNanos > DRAIN_NANOS_MAX) {
        return;
      }
      LockSupport.parkNanos(DRAIN_STEP_NANOS);
    }
  }

  private ProbeReport report(RunClock clock, double seconds, Stalls slow) {
    Map<String, ProbeReport.Direction> directions = new LinkedHashMap<>();
    for (int i = 0; i < options.directions(); i++) {
      DirectionSender sender = senders[i];
      DirectionTracker.Summary summary =
          receiver
              .tracker(i)
              .summarise(sender.sentByFlow(), sender.lastSentNanos(), sender.stalls(), slow);
      directions.put(
          NAMES[i],
          ProbeReport.Direction.of(
              summary,
              receiver.windows(i).longestMillis(clock.startNanos()),
              ProbeReport.Sender.of(sender),
              new ProbeReport.Times(clock, seconds)));
    }
    return new ProbeReport(
        clock.startWall().toString(),
        ProbeReport.rounded(seconds),
        options.kind().name().toLowerCase(Locale.ROOT),
        options.framesPerSecond(),
        options.frameBytes(),
        options.flows(),
        directions,
        ProbeReport.Totals.of(directions.values()),
        ProbeReport.Machine.of(slow, clock, seconds),
        ends[0].socket().ringDrops() + ends[1].socket().ringDrops());
  }

  @Override
  public void close() throws IOException {
    try {
      receiver.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (int i = 0; i < 2; i++) {
      senders[i].close();
      ends[i].close();
    }
  }
}
