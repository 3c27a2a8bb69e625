package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * One stream that feeds a lane: numbers its records, opens them if they are sealed, and hands on
 * those that the lane expects. If its next number is ahead of the lane it waits, and QUIC's flow
 * control with it. Owned by the event loop.
 */
final class LaneInput implements ReceiveStream.Listener {

  private final Session session;
  private final ReceiveLane lane;
  private final ReceiveStream stream;
  private final RecordReader reader;
  private final Attachment attachment;
  private long next;
  private boolean blocked;
  private boolean ended;
  private boolean streamEnded;

  LaneInput(
      Session session,
      ReceiveLane lane,
      IncomingStream incoming,
      Attachment attachment,
      long start) {
    this.session = session;
    this.lane = lane;
    this.stream = incoming.stream();
    this.reader = incoming.reader();
    this.attachment = attachment;
    this.next = start;
  }

  boolean isBlocked() {
    return blocked;
  }

  long nextNumber() {
    return next;
  }

  Attachment attachment() {
    return attachment;
  }

  @Override
  public void read(ByteBuf data) {
    if (ended) {
      data.release();
      return;
    }
    reader.add(data);
    process();
  }

  void process() {
    try {
      boolean more = true;
      while (more && !ended && !blocked) {
        more = readRecord();
      }
    } catch (WireException e) {
      session.records().handleBad(attachment.link(), e);
      abandon();
    }
    if (!ended) {
      reader.trim();
      if (streamEnded && !blocked) {
        end();
      }
    }
    lane.advance(session);
    if (next <= lane.expected()) {
      lane.handleReached(attachment.epoch());
    }
    session.handleInputProcessed();
  }

  private boolean readRecord() throws WireException {
    int header = reader.peekRecord();
    if (header == -1) {
      return false;
    }
    int type = RecordType.type(header);
    int payloadBytes = RecordType.payloadBytes(header);
    if (!RecordType.isNumbered(type)) {
      ByteBuf payload = takePayload(header, payloadBytes);
      readUnnumbered(type, payload);
      return true;
    }
    if (next > lane.expected()) {
      if (!lane.canHold()) {
        blocked = true;
        stream.pause();
        return false;
      }
      lane.hold(next, type, takePayload(header, payloadBytes));
    } else if (next < lane.expected()) {
      reader.skip(RecordType.HEADER_BYTES + payloadBytes);
      lane.duplicate();
    } else {
      ByteBuf payload = takePayload(header, payloadBytes);
      lane.delivered(RecordType.HEADER_BYTES + payloadBytes);
      session.records().handleRecord(type, payload);
    }
    next++;
    return true;
  }

  private ByteBuf takePayload(int header, int payloadBytes) throws WireException {
    reader.skip(RecordType.HEADER_BYTES);
    ByteBuf payload = reader.take(payloadBytes);
    RecordCipher opener = attachment.opener();
    if (opener == null) {
      return payload;
    }
    ByteBuf plain = session.records().openedScratch();
    opener.open(header, lane.index(), next, payload, plain);
    return plain;
  }

  private void readUnnumbered(int type, ByteBuf payload) throws WireException {
    if (type == RecordType.CUT) {
      if (payload.readableBytes() < Long.BYTES || payload.readLong() != next) {
        throw new WireException("a lane was cut at another number than its records reached");
      }
      end();
    } else {
      session.records().handleUnnumbered(attachment, type, payload);
    }
  }

  void unblock() {
    blocked = false;
    process();
    if (!ended && !blocked) {
      stream.resume();
    }
  }

  @Override
  public void finished() {
    streamOver();
  }

  @Override
  public void closed(String cause) {
    streamOver();
  }

  private void streamOver() {
    if (ended) {
      return;
    }
    streamEnded = true;
    if (!blocked) {
      process();
    }
  }

  /** Stops reading: nothing of this stream is wanted any more. */
  void abandon() {
    if (!ended) {
      stream.stop(CloseCode.SUPERSEDED.code());
      end();
    }
  }

  private void end() {
    ended = true;
    blocked = false;
    reader.release();
    lane.inputs().remove(this);
    session.handleInputEnded(attachment.link());
  }

  /** For tests and status: the first number that this stream has and the lane has not reached. */
  @Nullable Long blockedAt() {
    return blocked ? next : null;
  }
}
