package io.quicmesh.transport.quic;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that waits until all packets of one I/O event are in. The codec tells of every packet by
 * itself; what is built on it wants to hear once. While an I/O event runs, work is done at its end,
 * before the codec answers, so that the answer carries acknowledgements, window updates and data
 * together. Outside of one it is done in the next turn of the loop. Owned by the event loop.
 */
final class IoBatch {

  private static final Logger LOG = LoggerFactory.getLogger(IoBatch.class);

  private final Executor loop;
  private final Queue<Runnable> work = new ArrayDeque<>();
  private boolean inEvent;
  private boolean scheduled;

  IoBatch(Executor loop) {
    this.loop = loop;
  }

  /** Adds work; each is done once. */
  void add(Runnable once) {
    work.add(once);
    if (!inEvent && !scheduled) {
      scheduled = true;
      loop.execute(this::turn);
    }
  }

  private void turn() {
    scheduled = false;
    runAll();
  }

  /** Packets are being read from the socket. */
  void eventBegins() {
    inEvent = true;
  }

  /** All packets are read, the codec has not answered yet. */
  void packetsAreIn() {
    runAll();
  }

  /** The codec has answered. */
  void eventEnds() {
    runAll();
    inEvent = false;
  }

  private void runAll() {
    for (Runnable next = work.poll(); next != null; next = work.poll()) {
      try {
        next.run();
      } catch (RuntimeException e) {
        LOG.error("work of an I/O event failed", e);
      }
    }
  }
}
