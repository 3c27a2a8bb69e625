package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * All sending lanes of a session, the frames that wait for them, the bytes that they have in
 * flight, and the attachment that they are on. Lane 0 is the control lane. Owned by the event loop.
 */
final class SendLanes {

  /** A lane's share of one write. */
  private static final long WRITE_BYTES_MAX = 128 * 1024;

  private final SessionConfig config;
  private final SessionEnvironment environment;
  private final SessionListener listener;
  private final SendLane[] lanes;
  private final long[] takenBytes;
  private final FairQueue frames;
  private final FlowQueue messages;
  private final Flight flight;
  private final IntPredicate isOpen = this::isOpen;
  private @Nullable Attachment attached;
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
    this.takenBytes = new long[lanes.length];
    this.frames = new FairQueue(config, environment.allocator());
    this.messages = new FlowQueue(0, environment.allocator());
    this.flight = new Flight(config, environment.flightBudget());
  }

  // Stage.

  boolean hasRoom(int frameBytes, int flowHash) {
    boolean room = frames.hasRoom(frameBytes, flowHash);
    full |= !room;
    return room;
  }

  void offerFrame(ByteBuf batch, int offset, int length, int flowHash) {
    frames.stage(batch, offset, length, flowHash, environment.nowNanos());
    framesOffered++;
    bytesOffered += length;
  }

  void offerMessage(ByteBuf message) {
    messages.stage(
        RecordType.MESSAGE,
        message,
        message.readerIndex(),
        message.readableBytes(),
        environment.nowNanos());
  }

  // Send.

  /** Sends what is staged, messages first, as far as carrier and bounds allow. */
  void flush() {
    if (flushing || attached == null) {
      return;
    }
    flushing = true;
    long before = flight.bytes();
    SendLane.SentAt now = sentNow();
    while (takeRound(now)) {
      for (int i = 0; i < lanes.length; i++) {
        lanes[i].write();
        takenBytes[i] = 0;
      }
    }
    flushing = false;
    if (flight.bytes() > before && attached != null) {
      listener.recordsSent(attached.link().carrier());
    }
    tellDrained();
  }

  /** Gives lanes as much as each can write in one go; false if there was nothing to give. */
  private boolean takeRound(SendLane.SentAt now) {
    boolean any = false;
    if (!messages.isEmpty() && lanes[0].isWritable()) {
      flight.add(lanes[0].take(messages, WRITE_BYTES_MAX, now));
      any = true;
    }
    long free = flight.freeBytes();
    FlowQueue next = free > 0 ? frames.next(isOpen) : null;
    while (next != null) {
      int lane = next.lane();
      long budget = Math.min(free, Math.min(next.creditBytes(), WRITE_BYTES_MAX));
      long taken = lanes[lane].take(next, budget, now);
      frames.handleTaken(next, taken);
      takenBytes[lane] += taken;
      flight.add(taken);
      any = true;
      free = flight.freeBytes();
      next = free > 0 ? frames.next(isOpen) : null;
    }
    return any;
  }

  private boolean isOpen(int lane) {
    return takenBytes[lane] < WRITE_BYTES_MAX && lanes[lane].isWritable();
  }

  private SendLane.SentAt sentNow() {
    return new SendLane.SentAt(environment.nowNanos(), flight.bound().deliveredBytes());
  }

  private void countElsewhere() {
    long bytes = 0;
    for (SendLane lane : lanes) {
      bytes += lane.elsewhereBytes();
    }
    flight.setElsewhereBytes(bytes);
  }

  private void tellDrained() {
    if (full && frames.bytes() <= config.stagedBytesMax() / 2) {
      full = false;
      listener.drained();
    }
  }

  /** Whether some lane has lost its stream on the carrier in use. */
  boolean isLaneMissing() {
    for (SendLane lane : lanes) {
      if (attached != null && !lane.isAttached()) {
        return true;
      }
    }
    return false;
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
        long bytes = lane.acknowledge(expected, flight.bound(), nowNanos);
        ackedBytes += bytes;
        if (bytes > 0 && expected > lane.attachedFrom()) {
          newestSentNanos = Math.max(newestSentNanos, sentNanos);
        }
      }
    }
    flight.add(-ackedBytes);
    if (flight.isAnyElsewhere()) {
      countElsewhere();
    }
    if (attached != null && newestSentNanos != Long.MIN_VALUE) {
      listener.acknowledged(attached.link().carrier(), newestSentNanos, ackedBytes);
    }
  }

  /** Sends again what the peer misses; returns how many records. */
  int handleResend(int lane, long from) {
    return lane < lanes.length ? lanes[lane].repair(from) : 0;
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
    long resentBefore = framesResent();
    boolean cut = from != null && !from.link().isClosed() && !committed.isOldSilent();
    for (int i = 0; i < lanes.length; i++) {
      List<Long> expected = committed.peer().expected();
      moveLane(lanes[i], cut, i < expected.size() ? expected.get(i) : 0);
    }
    countElsewhere();
    return framesResent() - resentBefore;
  }

  private void setAttached(@Nullable Attachment to) {
    attached = to;
    flight.moveTo(to == null ? null : to.link().carrier());
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
    lane.attach(stream, to, from, sentNow());
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
    flight.clear();
    attached = null;
    int lost = 0;
    for (SendLane lane : lanes) {
      lost += lane.restart();
    }
    return lost;
  }

  /** Drops staged frames from before this moment; returns how many. */
  int dropStagedBefore(long nanos) {
    int dropped = frames.dropBefore(nanos) + messages.dropBefore(nanos);
    tellDrained();
    return dropped;
  }

  void release() {
    flight.clear();
    attached = null;
    for (SendLane lane : lanes) {
      lane.release();
    }
    frames.release();
    messages.release();
  }

  // Facts.

  long framesOffered() {
    return framesOffered;
  }

  long bytesOffered() {
    return bytesOffered;
  }

  long stagedBytes() {
    return frames.bytes();
  }

  long flightBytes() {
    return flight.bytes();
  }

  long rateBytesPerSecond() {
    return flight.bound().rateBytesPerSecond();
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
