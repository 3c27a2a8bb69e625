package io.quicmesh.lab.prober;

import io.quicmesh.lab.probe.MachineSpeed;
import io.quicmesh.lab.probe.Stalls;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * Times a few microseconds of arithmetic every 2 ms, on a thread of its own. A reading is the
 * median of several pieces: what an interrupt or another thread takes falls on one of them.
 */
final class MachineMeter implements Runnable {

  private static final long EVERY_NANOS = 2_000_000;
  private static final int PIECES = 9;
  private static final int PIECE_STEPS = 1_500;

  private final MachineSpeed speed = new MachineSpeed();
  private final long[] pieces = new long[PIECES];
  private final Thread thread = new Thread(this, "prober-machine");
  private volatile boolean stopped;
  private long state = 1;

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Ends it, and tells when the machine was slow. */
  Stalls stop() throws InterruptedException {
    stopped = true;
    thread.join();
    return speed.slow();
  }

  @Override
  public void run() {
    while (!stopped) {
      long fromNanos = System.nanoTime();
      long beforeNanos = fromNanos;
      for (int i = 0; i < PIECES; i++) {
        work();
        long nowNanos = System.nanoTime();
        pieces[i] = nowNanos - beforeNanos;
        beforeNanos = nowNanos;
      }
      Arrays.sort(pieces);
      speed.add(fromNanos, beforeNanos, pieces[PIECES / 2]);
      LockSupport.parkNanos(EVERY_NANOS);
    }
  }

  /** Arithmetic in which each step needs the one before (the constants are Knuth's MMIX). */
  private void work() {
    long x = state;
    for (int i = 0; i < PIECE_STEPS; i++) {
      x = x * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
    }
    state = x;
  }
}
