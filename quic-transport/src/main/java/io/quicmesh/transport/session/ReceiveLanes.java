package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.wire.CloseCode;
import java.util.ArrayList;
import java.util.List;

/**
 * All receiving lanes of a session: acknowledges what was delivered, and asks again for what stays
 * missing. Owned by the event loop.
 */
final class ReceiveLanes {

  private static final long ACK_BYTES = 64 * 1024;
  private static final long ACK_DELAY_NANOS = 5_000_000;
  private static final long GAP_NANOS_MIN = 20_000_000;
  private static final long NEVER = Long.MAX_VALUE;

  private final SessionEnvironment environment;
  private final SendLanes sendLanes;
  private final ReceiveLane[] lanes = new ReceiveLane[LaneHeader.LANES_MAX];
  private long ackAtNanos = NEVER;
  private long gapAtNanos = NEVER;
  private long alarmAtNanos = NEVER;
  private long rttNanos = 50_000_000;

  ReceiveLanes(SessionEnvironment environment, SendLanes sendLanes) {
    this.environment = environment;
    this.sendLanes = sendLanes;
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = new ReceiveLane(i);
    }
  }

  void addInput(
      Session session, LaneHeader header, IncomingStream incoming, Attachment attachment) {
    ReceiveLane lane = lanes[header.lane()];
    if (lane.inputs().size() >= ReceiveLane.INPUTS_MAX) {
      incoming.refuse(CloseCode.PROTOCOL);
      return;
    }
    LaneInput input = new LaneInput(session, lane, incoming, attachment, header.start());
    lane.inputs().add(input);
    incoming.stream().setListener(input);
    input.process();
  }

  /** A stream has been read as far as it went: acknowledge, and watch for gaps. */
  void handleProcessed() {
    long nowNanos = environment.nowNanos();
    long unreported = 0;
    gapAtNanos = NEVER;
    for (ReceiveLane lane : lanes) {
      unreported += lane.unreportedBytes();
      long since = lane.gapSinceNanos(nowNanos);
      if (since != NEVER) {
        gapAtNanos = Math.min(gapAtNanos, since + gapNanos());
      }
    }
    if (unreported >= ACK_BYTES) {
      sendAck();
    } else if (unreported > 0 && ackAtNanos == NEVER) {
      ackAtNanos = nowNanos + ACK_DELAY_NANOS;
    }
    armAlarm();
  }

  /** Acknowledges what was delivered since the last time. */
  private void sendAck() {
    ackAtNanos = NEVER;
    if (!sendLanes.canSendUnnumbered()) {
      return;
    }
    ByteBuf payload = environment.allocator().buffer(LaneHeader.LANES_MAX * (1 + Long.BYTES));
    for (ReceiveLane lane : lanes) {
      if (lane.isUnreported()) {
        payload.writeByte(lane.index()).writeLong(lane.expected());
        lane.reported();
      }
    }
    if (payload.isReadable()) {
      sendLanes.sendUnnumbered(RecordType.ACK, payload);
    }
    payload.release();
  }

  /** Acknowledges everything anew: what was sent on an old carrier may be lost. */
  void acknowledgeAgain() {
    for (ReceiveLane lane : lanes) {
      lane.reportAgain();
    }
    sendAck();
  }

  private void askForGaps(long nowNanos) {
    gapAtNanos = NEVER;
    for (ReceiveLane lane : lanes) {
      long since = lane.gapSinceNanos(nowNanos);
      if (since == NEVER) {
        continue;
      }
      long dueNanos = since + gapNanos();
      if (nowNanos - dueNanos >= 0) {
        dueNanos = nowNanos + (askFor(lane, nowNanos) ? gapNanos() : GAP_NANOS_MIN);
      }
      gapAtNanos = Math.min(gapAtNanos, dueNanos);
    }
  }

  /** Asks for what a lane misses; false if nothing can be sent now. */
  private boolean askFor(ReceiveLane lane, long nowNanos) {
    if (!sendLanes.canSendUnnumbered()) {
      return false;
    }
    ByteBuf payload = environment.allocator().buffer(1 + Long.BYTES);
    payload.writeByte(lane.index()).writeLong(lane.expected());
    sendLanes.sendUnnumbered(RecordType.RESEND, payload);
    payload.release();
    lane.restartGap(nowNanos);
    return true;
  }

  private long gapNanos() {
    return Math.max(GAP_NANOS_MIN, 2 * rttNanos);
  }

  void setRttNanos(long smoothedNanos) {
    rttNanos = smoothedNanos;
  }

  void handleAlarm() {
    alarmAtNanos = NEVER;
    long nowNanos = environment.nowNanos();
    if (ackAtNanos != NEVER && nowNanos - ackAtNanos >= 0) {
      sendAck();
    }
    if (gapAtNanos != NEVER && nowNanos - gapAtNanos >= 0) {
      askForGaps(nowNanos);
    }
    armAlarm();
  }

  private void armAlarm() {
    long next = Math.min(ackAtNanos, gapAtNanos);
    if (next < alarmAtNanos) {
      alarmAtNanos = next;
      environment.setAlarm(next);
    }
  }

  /** Whether any lane still reads from this carrier. */
  boolean readFrom(CarrierLink link) {
    for (ReceiveLane lane : lanes) {
      for (LaneInput input : lane.inputs()) {
        if (input.attachment().link() == link) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether all lanes of the peer have followed to this attachment, with nothing missing. */
  boolean haveReached(int epoch) {
    boolean any = false;
    for (ReceiveLane lane : lanes) {
      if (lane.isBehind(epoch)) {
        return false;
      }
      any |= lane.isUsed();
    }
    return any;
  }

  /** Stops reading what came before this attachment, in lanes that have reached it. */
  void leaveBefore(int epoch) {
    for (ReceiveLane lane : lanes) {
      lane.leaveBefore(epoch);
    }
  }

  void restart() {
    ackAtNanos = NEVER;
    gapAtNanos = NEVER;
    for (ReceiveLane lane : lanes) {
      lane.restart();
    }
  }

  List<Long> expectedNumbers() {
    List<Long> numbers = new ArrayList<>(lanes.length);
    for (ReceiveLane lane : lanes) {
      numbers.add(lane.expected());
    }
    return numbers;
  }

  long duplicates() {
    long duplicates = 0;
    for (ReceiveLane lane : lanes) {
      duplicates += lane.duplicates();
    }
    return duplicates;
  }
}
