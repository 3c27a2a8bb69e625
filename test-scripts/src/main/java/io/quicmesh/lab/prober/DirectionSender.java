package io.quicmesh.lab.prober;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.lab.probe.ProbeCodec;
import io.quicmesh.lab.probe.ProbeFrame;
import io.quicmesh.lab.probe.Stalls;
import io.quicmesh.tap.PacketSocket;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Sends the frames of one direction, each flow in turn, at the times that the rate gives. Mutable;
 * owned by the sending thread.
 */
final class DirectionSender implements AutoCloseable {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final long SLIP_NANOS = 5_000_000;
  private static final long STALL_NANOS = 100_000;
  private static final int BURST_MAX = 64;

  private final PacketSocket socket;
  private final ByteBuf[] frames;
  private final ByteBuffer[] probes;
  private final long[] sentByFlow;
  private final long[] lastSentNanosByFlow;
  private final ProbeCodec codec = new ProbeCodec();
  private final ProbeCodec.Probe probe = new ProbeCodec.Probe();
  private final Stalls stalls = new Stalls();
  private final double intervalNanos;

  private long startNanos;
  private long slots;
  private int nextFlow;
  private long sent;
  private long lastSentNanos;
  private long refused;
  private long slips;
  private long longestSlipNanos;

  /** Who sends to whom in which run. */
  record Link(PacketSocket from, PacketSocket to, int end, int run) {}

  DirectionSender(Link link, ProbeOptions options) {
    socket = link.from();
    intervalNanos = NANOS_PER_SECOND / options.framesPerSecond();
    frames = new ByteBuf[options.flows()];
    probes = new ByteBuffer[options.flows()];
    sentByFlow = new long[options.flows()];
    lastSentNanosByFlow = new long[options.flows()];
    probe.run = link.run();
    probe.end = link.end();
    for (int flow = 0; flow < options.flows(); flow++) {
      frames[flow] = Unpooled.directBuffer(options.frameBytes()).writerIndex(options.frameBytes());
      probes[flow] = frames[flow].nioBuffer();
      ProbeFrame.Route route =
          new ProbeFrame.Route(
              options.kind(), link.from().macBits(), link.to().macBits(), link.end(), flow);
      ProbeFrame.prepare(route, probes[flow], options.frameBytes());
    }
  }

  /** Sends one frame of every flow that is not counted. */
  void sendHellos() throws IOException {
    for (int flow = 0; flow < frames.length; flow++) {
      fill(ProbeCodec.Type.HELLO, flow, System.nanoTime());
      socket.send(frames[flow]);
    }
  }

  void start(long nowNanos) {
    startNanos = nowNanos;
  }

  /** Sends what is due, but no more than a burst. */
  void sendDue(long nowNanos) throws IOException {
    if (nowNanos - nextSendNanos() > SLIP_NANOS) {
      slip(nowNanos);
    }
    for (int i = 0; i < BURST_MAX && nextSendNanos() <= nowNanos; i++) {
      sendNext();
    }
  }

  long nextSendNanos() {
    return startNanos + Math.round(slots * intervalNanos);
  }

  /** Frames that were not sent in time are not sent in a burst later: the schedule moves. */
  private void slip(long nowNanos) {
    long slipNanos = nowNanos - nextSendNanos();
    slips++;
    longestSlipNanos = Math.max(longestSlipNanos, slipNanos);
    startNanos += slipNanos;
  }

  /** A frame that the interface refuses keeps its number for the next slot. */
  private void sendNext() throws IOException {
    int flow = nextFlow;
    long sentNanos = System.nanoTime();
    fill(ProbeCodec.Type.DATA, flow, sentNanos);
    slots++;
    boolean taken = socket.send(frames[flow]);
    long doneNanos = System.nanoTime();
    if (doneNanos - sentNanos > STALL_NANOS) {
      stalls.add(sentNanos, doneNanos);
    }
    if (!taken) {
      refused++;
      return;
    }
    nextFlow = flow + 1 == frames.length ? 0 : flow + 1;
    sentByFlow[flow]++;
    sent++;
    lastSentNanosByFlow[flow] = sentNanos;
    lastSentNanos = sentNanos;
  }

  private void fill(ProbeCodec.Type type, int flow, long sentNanos) {
    probe.type = type;
    probe.flow = flow;
    probe.number = sentByFlow[flow];
    probe.sentNanos = sentNanos;
    probe.spacingNanos = probe.number == 0 ? 0 : sentNanos - lastSentNanosByFlow[flow];
    codec.write(probe, probes[flow]);
  }

  long[] sentByFlow() {
    return sentByFlow.clone();
  }

  long sent() {
    return sent;
  }

  long lastSentNanos() {
    return lastSentNanos;
  }

  Stalls stalls() {
    return stalls;
  }

  long refused() {
    return refused;
  }

  long slips() {
    return slips;
  }

  long longestSlipNanos() {
    return longestSlipNanos;
  }

  @Override
  public void close() {
    for (ByteBuf frame : frames) {
      frame.release();
    }
  }
}
