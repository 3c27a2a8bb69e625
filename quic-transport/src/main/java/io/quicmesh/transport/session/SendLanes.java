package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All sending lanes of a session, the bytes that they have staged and in flight, and the attachment
 * that they are on. Lane 0 is the control lane. Owned by the event loop.
 */
final class SendLanes {

  private static final long LANE_QUANTUM_BYTES = 128 * 1024;

  private final SessionConfig config;
  private final SessionEnvironment environment;
  private final SessionListener listener;
  private final SendLane[] lanes;
  private @Nullable Attachment attached;
  private FlightBound bound;
  private int nextLane;
  private long flightBytes;
  private long stagedBytes;
  private boolean full;
  private boolean flushing;
  private long framesOffered;
  private long bytesOffered;

  SendLanes(SessionConfig config, SessionEnvironment environment, SessionListener listener) {
    this.config = config;
    this.environment = environment;
    this.listener = listener;
    this.lanes = new SendLane[config.dataLanes() + 1];
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = new SendLane(i, environment.allocator());
    }
    this.bound = new FlightBound(config.flightBytesMax(), 0);
  }

  // Stage.

  boolean hasRoom(int frameBytes) {
    boolean room = stagedBytes + frameBytes <= config.stagedBytesMax();
    full |= !room;
    return room;
  }

  void offerFrame(ByteBuf batch, int offset, int length, int flowHash) {
    stage(
        1 + (flowHash & 0x7fff_ffff) % config.dataLanes(), RecordType.FRAME, batch, offset, length);
    framesOffered++;
    bytesOffered += length;
  }

  void offerMessage(ByteBuf message) {
    stage(0, RecordType.MESSAGE, message, message.readerIndex(), message.readableBytes());
  }

  private void stage(int lane, int type, ByteBuf source, int offset, int length) {
    lanes[lane].stage(type, source, offset, length, environment.nowNanos());
    stagedBytes += RecordType.HEADER_BYTES + length;
  }

  // Send.

  /** Sends what is staged, a share of every lane in turn, as far as carrier and bounds allow. */
  void flush() {
    if (flushing || attached == null) {
      return;
    }
    flushing = true;
    long before = flightBytes;
    long nowNanos = environment.nowNanos();
    int idleLanes = 0;
    while (idleLanes < lanes.length) {
      SendLane lane = lanes[nextLane];
      nextLane = nextLane + 1 == lanes.length ? 0 : nextLane + 1;
      long free = lane.hasStaged() && lane.isWritable() ? freeFlightBytes() : 0;
      if (free > 0) {
        long sent = lane.send(Math.min(free, LANE_QUANTUM_BYTES), nowNanos, bound.deliveredBytes());
        addFlight(sent);
        stagedBytes -= sent;
        idleLanes = 0;
      } else {
        idleLanes++;
      }
    }
    flushing = false;
    if (flightBytes > before && attached != null) {
      listener.recordsSent(attached.link().carrier());
    }
    tellDrained();
  }

  private long freeFlightBytes() {
    Attachment on = attached;
    if (on == null) {
      return 0;
    }
    Carrier carrier = on.link().carrier();
    long most = bound.bytes();
    if (carrier.kind() == Carrier.Kind.CIRCUIT) {
      most = Math.min(most, config.circuitFlightBytesMax());
    }
    long shared =
        Math.min(carrier.flightBudget().freeBytes(), environment.flightBudget().freeBytes());
    return Math.min(most - flightBytes, shared);
  }

  private void addFlight(long bytes) {
    flightBytes += bytes;
    environment.flightBudget().add(bytes);
    if (attached != null) {
      attached.link().carrier().flightBudget().add(bytes);
    }
  }

  private void tellDrained() {
    if (full && stagedBytes <= config.stagedBytesMax() / 2) {
      full = false;
      listener.drained();
    }
  }

  boolean canSendUnnumbered() {
    return lanes[0].isAttached();
  }

  /** Sends an unnumbered record on the control lane at once. */
  void sendUnnumbered(int type, ByteBuf payload) {
    lanes[0].sendUnnumbered(type, payload);
  }

  // Acknowledge.

  void handleAck(ByteBuf payload) {
    long nowNanos = environment.nowNanos();
    long ackedBytes = 0;
    long newestSentNanos = Long.MIN_VALUE;
    while (payload.readableBytes() >= 1 + Long.BYTES) {
      int index = payload.readUnsignedByte();
      long expected = payload.readLong();
      if (index < lanes.length) {
        SendLane lane = lanes[index];
        long sentNanos = lane.sentNanosBefore(expected);
        long bytes = lane.acknowledge(expected, bound, nowNanos);
        ackedBytes += bytes;
        if (bytes > 0 && expected > lane.attachedFrom()) {
          newestSentNanos = Math.max(newestSentNanos, sentNanos);
        }
      }
    }
    addFlight(-ackedBytes);
    if (attached != null && newestSentNanos != Long.MIN_VALUE) {
      listener.acknowledged(attached.link().carrier(), newestSentNanos, ackedBytes);
    }
  }

  void handleResend(int lane, long from) {
    if (lane < lanes.length) {
      lanes[lane].repair(from);
    }
  }

  // Move.

  @Nullable Attachment attached() {
    return attached;
  }

  /**
   * Moves every lane to another attachment.
   *
   * @return records that are sent again
   */
  long move(ResumeExchange.Committed committed) {
    Attachment from = attached;
    setAttached(committed.attachment());
    bound = new FlightBound(config.flightBytesMax(), bound.deliveredBytes());
    long resentBefore = framesResent();
    boolean cut = from != null && !from.link().isClosed() && !committed.isOldSilent();
    for (int i = 0; i < lanes.length; i++) {
      List<Long> expected = committed.peer().expected();
      moveLane(lanes[i], cut, i < expected.size() ? expected.get(i) : 0);
    }
    return framesResent() - resentBefore;
  }

  private void setAttached(@Nullable Attachment to) {
    long all = flightBytes;
    addFlight(-all);
    attached = to;
    addFlight(all);
  }

  private void moveLane(SendLane lane, boolean cut, long peerExpects) {
    Attachment to = attached;
    if (to == null) {
      return;
    }
    boolean inOrder = cut && lane.isAttached();
    if (inOrder) {
      lane.cut();
    } else {
      lane.abandon(CloseCode.SUPERSEDED.code());
    }
    SendStream stream = to.link().openLaneStream(lane.index());
    long from = inOrder ? lane.nextNumber() : peerExpects;
    lane.attach(stream, to, from, environment.nowNanos());
    stream.setListener(new LaneOutput(lane, stream));
  }

  /** Hears about one lane's sending stream. */
  private final class LaneOutput implements SendStream.Listener {
    private final SendLane lane;
    private final SendStream stream;

    LaneOutput(SendLane lane, SendStream stream) {
      this.lane = lane;
      this.stream = stream;
    }

    @Override
    public void writable() {
      flush();
    }

    @Override
    public void closed(String cause) {
      if (lane.isOn(stream)) {
        lane.detach();
        Attachment on = attached;
        if (on != null && !on.link().isClosed()) {
          listener.laneLost(on.link().carrier(), cause);
        }
      }
    }
  }

  /** The carrier is gone; lanes wait for another. */
  void detach() {
    setAttached(null);
    for (SendLane lane : lanes) {
      lane.detach();
    }
  }

  /**
   * The peer lost its state: what is in flight is lost, numbers begin at 0.
   *
   * @return records lost
   */
  int restart() {
    addFlight(-flightBytes);
    attached = null;
    int lost = 0;
    for (SendLane lane : lanes) {
      lost += lane.restart();
    }
    return lost;
  }

  /** Drops staged records from before this moment; returns how many. */
  int dropStagedBefore(long nanos) {
    int dropped = 0;
    stagedBytes = 0;
    for (SendLane lane : lanes) {
      dropped += lane.dropStagedBefore(nanos);
      stagedBytes += lane.stagedBytes();
    }
    tellDrained();
    return dropped;
  }

  void release() {
    addFlight(-flightBytes);
    attached = null;
    for (SendLane lane : lanes) {
      lane.release();
    }
  }

  // Facts.

  long framesOffered() {
    return framesOffered;
  }

  long bytesOffered() {
    return bytesOffered;
  }

  long stagedBytes() {
    return stagedBytes;
  }

  long flightBytes() {
    return flightBytes;
  }

  long rateBytesPerSecond() {
    return bound.rateBytesPerSecond();
  }

  long framesResent() {
    long resent = 0;
    for (SendLane lane : lanes) {
      resent += lane.resentFrames();
    }
    return resent;
  }

  long oldestSentNanos() {
    long oldest = Long.MAX_VALUE;
    for (SendLane lane : lanes) {
      oldest = Math.min(oldest, lane.oldestSentNanos());
    }
    return oldest;
  }
}
