package io.quicmesh.lab.prober;

import io.quicmesh.lab.probe.DirectionTracker;
import io.quicmesh.lab.probe.ProbeCodec;
import io.quicmesh.lab.probe.ProbeFrame;
import io.quicmesh.lab.probe.ProbeKind;
import io.quicmesh.tap.PacketRing;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads the rings of both ends on a thread of its own and feeds the tracker of each direction. It
 * need not be quick, because the kernel notes when a frame arrived. The trackers may be read after
 * {@link #stop}.
 */
final class ProbeReceiver implements Runnable {

  private static final long IDLE_NANOS = 500_000;
  private static final int CLOCK_EVERY_FRAMES = 256;
  private static final int CLOCK_READINGS = 5;
  private static final long CLOCK_NANOS_MAX = 2_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final int run;
  private final ProbeKind kind;
  private final PacketRing[] rings;
  private final ByteBuffer[] memories;
  private final DirectionTracker[] trackers;
  private final GapPrinter gapPrinter;
  private final GapWindows[] windows;
  private final ProbeCodec codec = new ProbeCodec();
  private final ProbeCodec.Probe probe = new ProbeCodec.Probe();
  private final Thread thread = new Thread(this, "prober-receiver");

  private volatile boolean stopped;
  private volatile int hellosSeen;
  private volatile long received;
  private volatile long lastArrivalNanos;
  private long monotonicMinusWallNanos;

  ProbeReceiver(int run, ProbeOptions options, PacketRing[] rings, GapPrinter gapPrinter) {
    this.run = run;
    this.kind = options.kind();
    this.rings = rings;
    this.memories = new ByteBuffer[] {rings[0].memory().duplicate(), rings[1].memory().duplicate()};
    this.trackers =
        new DirectionTracker[] {
          new DirectionTracker(options.flows()), new DirectionTracker(options.flows())
        };
    this.gapPrinter = gapPrinter;
    long nowNanos = System.nanoTime();
    this.windows = new GapWindows[] {new GapWindows(nowNanos), new GapWindows(nowNanos)};
  }

  void start() {
    thread.start();
  }

  void stop() throws InterruptedException {
    stopped = true;
    thread.join();
  }

  /** Whether each end has seen a hello of the other. */
  boolean open() {
    return hellosSeen == 3;
  }

  /** Frames that have arrived, in both directions. */
  long received() {
    return received;
  }

  long lastArrivalNanos() {
    return lastArrivalNanos;
  }

  /** The tracker of what the given end sent. */
  DirectionTracker tracker(int end) {
    return trackers[end];
  }

  /** The gaps of what the given end sent. */
  GapWindows windows(int end) {
    return windows[end];
  }

  @Override
  public void run() {
    while (!stopped) {
      readClocks();
      if (read(0) + read(1) == 0) {
        gapPrinter.handleIdle(System.nanoTime());
        LockSupport.parkNanos(IDLE_NANOS);
      }
      received = trackers[0].received() + trackers[1].received();
    }
  }

  /**
   * Arrivals come on the wall clock, sendings on the monotonic one. A reading that was interrupted
   * would be wrong by as much, so one that took long is only used when there is none better.
   */
  private void readClocks() {
    long bestNanos = Long.MAX_VALUE;
    for (int i = 0; i < CLOCK_READINGS && bestNanos > CLOCK_NANOS_MAX; i++) {
      long beforeNanos = System.nanoTime();
      Instant wall = Instant.now();
      long tookNanos = System.nanoTime() - beforeNanos;
      boolean usable = tookNanos <= CLOCK_NANOS_MAX || monotonicMinusWallNanos == 0;
      if (usable && tookNanos < bestNanos) {
        bestNanos = tookNanos;
        long wallNanos = wall.getEpochSecond() * NANOS_PER_SECOND + wall.getNano();
        monotonicMinusWallNanos = beforeNanos + tookNanos / 2 - wallNanos;
      }
    }
  }

  private int read(int end) {
    PacketRing ring = rings[end];
    int count = 0;
    while (count < CLOCK_EVERY_FRAMES && ring.next()) {
      handleFrame(end, ring);
      ring.release();
      count++;
    }
    return count;
  }

  private void handleFrame(int end, PacketRing ring) {
    ByteBuffer memory = memories[end];
    memory.clear();
    if (!ProbeFrame.findProbe(kind, memory, ring.frameIndex(), ring.frameBytes())) {
      return;
    }
    long arrivalNanos = ring.arrivalWallNanos() + monotonicMinusWallNanos;
    switch (codec.read(run, memory, probe)) {
      case FOREIGN -> {}
      case DAMAGED -> trackers[1 - end].handleDamaged();
      case READ -> handleProbe(end, arrivalNanos);
    }
  }

  private void handleProbe(int end, long arrivalNanos) {
    if (probe.end == end) {
      trackers[end].handleReturned();
    } else if (probe.type == ProbeCodec.Type.HELLO) {
      hellosSeen = hellosSeen | 1 << end;
    } else {
      long excessNanos = trackers[probe.end].handleArrival(probe, arrivalNanos);
      lastArrivalNanos = arrivalNanos;
      windows[probe.end].handleArrival(arrivalNanos, excessNanos);
      gapPrinter.handleArrival(probe, arrivalNanos, excessNanos);
    }
  }
}
