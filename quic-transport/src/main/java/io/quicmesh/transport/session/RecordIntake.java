package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.WireException;

/**
 * What becomes of the records that a session's lanes bring: frames and messages are handed on,
 * acknowledgements and requests go to the sending lanes, bad ones are counted. Owned by the event
 * loop.
 */
final class RecordIntake {

  private final SessionListener listener;
  private final SendLanes sendLanes;
  private final ByteBuf opened;
  private long frames;
  private long bytes;
  private long badRecords;

  RecordIntake(SessionListener listener, SendLanes sendLanes, ByteBufAllocator allocator) {
    this.listener = listener;
    this.sendLanes = sendLanes;
    this.opened = allocator.directBuffer(RecordType.PAYLOAD_BYTES_MAX);
  }

  /** Working memory for one opened record. */
  ByteBuf openedScratch() {
    return opened.clear();
  }

  /** Takes a numbered record in its order. */
  void handleRecord(int type, ByteBuf payload) {
    if (type == RecordType.FRAME) {
      frames++;
      bytes += payload.readableBytes();
      listener.frame(payload);
    } else if (type == RecordType.MESSAGE) {
      listener.message(payload);
    } else if ((type & RecordType.CRITICAL) != 0) {
      badRecords++;
      listener.failed(null, CloseCode.VERSION, "a record type that must be known and is not");
    }
  }

  void handleUnnumbered(Attachment on, int type, ByteBuf payload) throws WireException {
    if (type == RecordType.ACK) {
      sendLanes.handleAck(payload);
    } else if (type == RecordType.RESEND) {
      if (payload.readableBytes() < 1 + Long.BYTES) {
        throw new WireException("RESEND cut short");
      }
      int resent = sendLanes.handleResend(payload.readUnsignedByte(), payload.readLong());
      if (resent > 0) {
        listener.resent(on.link().carrier(), resent);
      }
    }
  }

  /** A record broke the format or did not open: its carrier is of no use, the session goes on. */
  void handleBad(CarrierLink link, WireException e) {
    badRecords++;
    String reason = String.valueOf(e.getMessage());
    listener.failed(link.carrier(), CloseCode.BAD_SEAL, reason);
    link.carrier().close(CloseCode.BAD_SEAL);
  }

  /** Counts a record that is ignored. */
  void countBad() {
    badRecords++;
  }

  void release() {
    opened.release();
  }

  // Facts.

  /** Frames handed on. */
  long frames() {
    return frames;
  }

  /** Bytes of the frames handed on. */
  long bytes() {
    return bytes;
  }

  long badRecords() {
    return badRecords;
  }
}
