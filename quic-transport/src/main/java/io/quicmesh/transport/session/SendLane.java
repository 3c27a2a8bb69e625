package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.quicmesh.transport.stream.SendStream;
import org.jspecify.annotations.Nullable;

/**
 * The sending end of a lane. A record gets its number when it is taken from a queue, and is then
 * kept until the peer acknowledges it, so that it can be sent again on another carrier. Owned by
 * the event loop.
 */
final class SendLane {

  private final int index;
  private final RecordRing flight = new RecordRing();
  private final RecordWriter writer;
  private int unwritten;
  private long base;
  private long attachedFrom;
  private long repairedFrom;
  private long elsewhereBytes;
  private @Nullable SendStream stream;
  private @Nullable Attachment attachment;
  private long resentFrames;

  /** What is noted of a record as it is sent: the time, and the bytes delivered so far. */
  record SentAt(long nanos, long deliveredBytes) {}

  SendLane(int index, ByteBufAllocator allocator) {
    this.index = index;
    this.writer = new RecordWriter(index, allocator, flight);
  }

  int index() {
    return index;
  }

  // Send.

  boolean isAttached() {
    return stream != null;
  }

  boolean isWritable() {
    return stream != null && stream.isWritable();
  }

  /**
   * Numbers records of a queue, as far as the budget goes and one record at least; {@link #write}
   * sends them.
   *
   * @return bytes that are in flight now and were not before
   */
  long take(FlowQueue from, long budgetBytes, SentAt sent) {
    long before = flight.bytes();
    do {
      from.moveNextTo(flight, sent.nanos(), sent.deliveredBytes());
      unwritten++;
    } while (!from.isEmpty() && flight.bytes() - before + from.nextBytes() <= budgetBytes);
    return flight.bytes() - before;
  }

  /** Sends what was taken, in one write. */
  void write() {
    SendStream to = stream;
    if (to != null && unwritten > 0) {
      int first = flight.size() - unwritten;
      unwritten = 0;
      to.write(writer.records(sealer(), first, flight.size(), base));
    }
  }

  /** Sends an unnumbered record at once. */
  void sendUnnumbered(int type, ByteBuf payload) {
    SendStream to = stream;
    if (to != null) {
      to.write(writer.unnumbered(sealer(), type, payload));
    }
  }

  private @Nullable RecordCipher sealer() {
    return attachment == null ? null : attachment.sealer();
  }

  // Acknowledge.

  /** Number of the next record to be sent for the first time. */
  long nextNumber() {
    return base + flight.size();
  }

  /** Bytes in flight that are awaited on a carrier which the lane has left in order. */
  long elsewhereBytes() {
    return elsewhereBytes;
  }

  /** When the oldest unacknowledged record was sent; {@link Long#MAX_VALUE} if there is none. */
  long oldestSentNanos() {
    return flight.isEmpty() ? Long.MAX_VALUE : flight.stampNanos(0);
  }

  /** When the record before this number was sent last; meaningless if it is not in flight. */
  long sentNanosBefore(long number) {
    long i = number - 1 - base;
    return i >= 0 && i < flight.size() ? flight.stampNanos((int) i) : Long.MIN_VALUE;
  }

  /**
   * Forgets records that the peer has.
   *
   * @param expected the number that the peer awaits
   * @return bytes that were in flight and are not any more
   */
  long acknowledge(long expected, FlightBound bound, long nowNanos) {
    if (expected <= base || expected > nextNumber() - unwritten) {
      return 0;
    }
    int last = (int) (expected - base) - 1;
    boolean isSample = expected > attachedFrom;
    long sentNanos = flight.stampNanos(last);
    long deliveredAtSend = flight.deliveredBytes(last);
    long before = flight.bytes();
    while (base < expected) {
      if (base < attachedFrom) {
        elsewhereBytes = Math.max(0, elsewhereBytes - flight.length(0));
      }
      flight.releaseFirst();
      base++;
    }
    long acked = before - flight.bytes();
    if (isSample) {
      bound.handleAck(acked, sentNanos, deliveredAtSend, nowNanos);
    }
    return acked;
  }

  // Move to another carrier.

  /** Ends the old stream in order: the peer gets every record up to here on it. */
  void cut() {
    SendStream old = stream;
    if (old != null) {
      write();
      old.write(writer.cut(sealer(), nextNumber()));
      old.finish();
      stream = null;
    }
  }

  /** Leaves the old stream as it is: its carrier is dead or silent. */
  void abandon(int code) {
    if (stream != null) {
      stream.reset(code);
      stream = null;
    }
  }

  boolean isOn(SendStream other) {
    return stream == other;
  }

  /** Notes that the stream is gone. */
  void detach() {
    stream = null;
  }

  /**
   * Goes on at a new stream.
   *
   * @param peerExpects what the peer awaits at least; records from there to {@link #nextNumber} are
   *     sent again. Pass {@code nextNumber()} after a {@link #cut}
   * @param sent the time and the bytes delivered so far, for what is sent again
   */
  void attach(SendStream to, Attachment on, long peerExpects, SentAt sent) {
    long from = Math.max(base, Math.min(peerExpects, nextNumber()));
    stream = to;
    attachment = on;
    attachedFrom = from;
    repairedFrom = from;
    unwritten = 0;
    to.write(writer.header(on.epoch(), from));
    int first = (int) (from - base);
    elsewhereBytes = bytesBefore(first);
    if (first < flight.size()) {
      resentFrames += flight.size() - first;
      flight.restamp(first, sent.nanos(), sent.deliveredBytes());
      to.write(writer.records(sealer(), first, flight.size(), base));
    }
  }

  private long bytesBefore(int index) {
    long bytes = 0;
    for (int i = 0; i < index; i++) {
      bytes += flight.length(i);
    }
    return bytes;
  }

  /**
   * Sends the records before the current attachment again on a stream of their own, which ends with
   * a CUT where the lane's stream began. Does nothing if they were sent already.
   *
   * @return how many were sent
   */
  int repair(long from) {
    Attachment on = attachment;
    if (on == null || stream == null || from >= repairedFrom || from < base) {
      return 0;
    }
    int first = (int) (from - base);
    int end = (int) (repairedFrom - base);
    SendStream extra = on.link().openLaneStream(index);
    extra.write(writer.header(on.epoch(), from));
    extra.write(writer.records(sealer(), first, end, base));
    extra.write(writer.cut(sealer(), repairedFrom));
    extra.finish();
    repairedFrom = from;
    resentFrames += end - first;
    return end - first;
  }

  long attachedFrom() {
    return attachedFrom;
  }

  /** Records that were sent more than once because their carrier changed. */
  long resentFrames() {
    return resentFrames;
  }

  /**
   * Starts over at number 0: the peer has lost what it knew.
   *
   * @return records that were in flight, which are lost
   */
  int restart() {
    int lost = flight.size();
    release();
    base = 0;
    attachedFrom = 0;
    elsewhereBytes = 0;
    attachment = null;
    return lost;
  }

  void release() {
    flight.releaseAll();
    unwritten = 0;
    stream = null;
  }
}
