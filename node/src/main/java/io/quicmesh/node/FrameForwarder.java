package io.quicmesh.node;

import io.netty.buffer.ByteBuf;
import io.quicmesh.node.switching.FrameSwitch;
import io.quicmesh.tap.FramePort;
import io.quicmesh.tap.TapException;
import io.quicmesh.tap.TapListener;
import io.quicmesh.tap.frame.FlowHash;
import io.quicmesh.tap.frame.VirtioNetHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The way of frames between the TAP device and the sessions of peers, through the switch: those of
 * this host go to one peer or to all, those of a peer to the device. Loop-owned.
 */
final class FrameForwarder implements TapListener {

  private final NodeContext context;
  private final FramePort tap;
  private final FrameSwitch frameSwitch;
  private final PeerTable peers;
  private final Consumer<String> fatal;
  private final Intake intake = new Intake();
  private final List<Peer> touched = new ArrayList<>();
  private long batchNanos;
  private long pausedUntilNanos;
  private long noPeerDrops;

  /**
   * @param fatal hears, in one line, that the device is gone
   */
  FrameForwarder(
      NodeContext context,
      FramePort tap,
      FrameSwitch frameSwitch,
      PeerTable peers,
      Consumer<String> fatal) {
    this.context = context;
    this.tap = tap;
    this.frameSwitch = frameSwitch;
    this.peers = peers;
    this.fatal = fatal;
  }

  // Frames of this host.

  @Override
  public void frame(ByteBuf batch, int offset, int lengthBytes) {
    if (batchNanos == 0) {
      batchNanos = context.nowNanos();
    }
    int start = offset + VirtioNetHeader.BYTES;
    int length = lengthBytes - VirtioNetHeader.BYTES;
    int to = frameSwitch.route(batch, start, length, FrameSwitch.LOCAL, batchNanos);
    if (to == FrameSwitch.DROP) {
      return;
    }
    int flowHash = FlowHash.of(batch, start, length);
    if (to == FrameSwitch.FLOOD) {
      flood(batch, offset, lengthBytes, flowHash);
    } else {
      Peer peer = peers.atPort(to);
      if (peer != null) {
        send(peer, batch, offset, lengthBytes, flowHash);
      }
    }
  }

  private void flood(ByteBuf batch, int offset, int lengthBytes, int flowHash) {
    boolean sent = false;
    for (Peer peer : peers.all()) {
      if (peer.isReachable()) {
        sent = true;
        send(peer, batch, offset, lengthBytes, flowHash);
      }
    }
    if (!sent) {
      noPeerDrops++;
    }
  }

  private void send(Peer peer, ByteBuf batch, int offset, int lengthBytes, int flowHash) {
    if (peer.offer(batch, offset, lengthBytes, flowHash)) {
      intake.handleAccepted(peer.port(), batchNanos);
      if (!touched.contains(peer)) {
        touched.add(peer);
      }
      return;
    }
    long pauseNanos = intake.handleFull(peer.port(), batchNanos);
    if (pauseNanos > 0 && !tap.isReadingPaused()) {
      pausedUntilNanos = batchNanos + pauseNanos;
      tap.pauseReading();
      var unused = context.loop().schedule(this::resumeReading, pauseNanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void batchComplete() {
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).flush();
    }
    touched.clear();
    batchNanos = 0;
  }

  /** A session that was full has room again. */
  void handleDrained(Peer peer) {
    intake.handleDrained(peer.port());
    if (tap.isReadingPaused()) {
      tap.resumeReading();
    }
  }

  private void resumeReading() {
    if (tap.isReadingPaused() && context.nowNanos() - pausedUntilNanos >= 0) {
      tap.resumeReading();
    }
  }

  @Override
  public void vanished(TapException cause) {
    fatal.accept(String.valueOf(cause.getMessage()));
  }

  // Frames of peers.

  /** Hands a frame of a peer to this host, unless the switch drops it. */
  void deliver(Peer from, ByteBuf frame) {
    int start = frame.readerIndex();
    int length = frame.readableBytes();
    long now = batchNanos == 0 ? context.nowNanos() : batchNanos;
    int to =
        frameSwitch.route(
            frame, start + VirtioNetHeader.BYTES, length - VirtioNetHeader.BYTES, from.port(), now);
    if (to != FrameSwitch.DROP) {
      tap.write(frame, start, length);
    }
  }

  /** Frames that were to be flooded when no peer was there. */
  long noPeerDrops() {
    return noPeerDrops;
  }
}
