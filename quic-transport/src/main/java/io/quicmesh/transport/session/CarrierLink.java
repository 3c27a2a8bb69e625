package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.WireException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session's hold on one carrier: its set-up stream each way, on which the end-to-end handshake,
 * RESUME and heartbeats run, and the attachments that were made on it. Owned by the event loop.
 *
 * <p>When the path under the carrier changed, QUIC may send nothing again of what a stream had in
 * flight on the old one (RFC 9000, section 9.4, starts anew there): so the set-up stream is then
 * replaced by another, and the peer, which sees a second one begin, replaces its own.
 */
final class CarrierLink implements Carrier.Listener {

  private static final int ATTACHMENTS_MAX = 8;
  private static final int URGENCY_CONTROL = 8;
  private static final int URGENCY_DATA = 64;

  private final Session session;
  private final Carrier carrier;
  private final Handshake handshake;
  private final ResumeExchange resume;
  private final Heartbeats heartbeats;
  private final Map<Integer, Attachment> attachments = new LinkedHashMap<>();
  private @Nullable SendStream setUp;
  private @Nullable SetUpInput peerSetUp;
  private int setUps;
  private int peerSetUps;
  private boolean hasPeerFinished;
  private boolean closed;

  CarrierLink(Session session, Carrier carrier) {
    this.session = session;
    this.carrier = carrier;
    this.handshake = new Handshake(session, this);
    this.resume = new ResumeExchange(session, this);
    this.heartbeats = new Heartbeats(session, this);
  }

  Carrier carrier() {
    return carrier;
  }

  boolean isClosed() {
    return closed;
  }

  Handshake handshake() {
    return handshake;
  }

  ResumeExchange resume() {
    return resume;
  }

  Heartbeats heartbeats() {
    return heartbeats;
  }

  // Streams of the peer.

  @Override
  public void streamOpened(ReceiveStream stream) {
    RecordReader reader = new RecordReader(session.environment().allocator());
    stream.setListener(new IncomingStream(this, stream, reader));
  }

  void handleStream(LaneHeader header, IncomingStream incoming) {
    if (closed) {
      incoming.refuse(CloseCode.SUPERSEDED);
    } else if (header.kind() == LaneHeader.SET_UP) {
      handleSetUpStream(incoming);
    } else {
      Attachment attachment = attachments.get(header.epoch());
      if (attachment == null) {
        incoming.refuse(CloseCode.SUPERSEDED);
      } else {
        session.addInput(header, incoming, attachment);
      }
    }
  }

  private void handleSetUpStream(IncomingStream incoming) {
    SetUpInput replaced = peerSetUp;
    if (replaced != null) {
      replaced.end();
    }
    SetUpInput input = new SetUpInput(this, incoming);
    peerSetUp = input;
    peerSetUps++;
    if (peerSetUps > 1 && setUps < peerSetUps) {
      beginOtherSetUp();
    }
    incoming.stream().setListener(input);
    input.process();
  }

  void handleBadStream(WireException e) {
    session.records().handleBad(this, e);
  }

  /** Takes a record from the peer's set-up stream. */
  void handleSetUpRecord(int type, ByteBuf payload) {
    hasPeerFinished = type != RecordType.TLS;
    switch (type) {
      case RecordType.TLS -> handshake.handleTls(payload);
      case RecordType.RESUME -> resume.handleResume(payload);
      case RecordType.RESUMED -> resume.handleResumed(payload);
      case RecordType.COMMIT -> resume.handleCommit(payload);
      case RecordType.REFUSED -> resume.handleRefused(payload);
      case RecordType.HEARTBEAT -> heartbeats.handleHeartbeat(payload);
      case RecordType.ECHO -> heartbeats.handleEcho(payload);
      default -> session.records().countBad();
    }
  }

  // Streams of this side.

  /** Sends a record on the set-up stream, and releases its payload. */
  void sendSetUpRecord(int type, ByteBuf payload) {
    if (closed) {
      payload.release();
      return;
    }
    SendStream stream = setUp;
    int length = payload.readableBytes();
    ByteBuf out =
        session
            .environment()
            .allocator()
            .directBuffer(LaneHeader.BYTES + RecordType.HEADER_BYTES + length);
    if (stream == null) {
      stream = carrier.openStream(URGENCY_CONTROL);
      setUp = stream;
      setUps++;
      stream.setListener(new SetUpOutput());
      LaneHeader.setUp().write(out);
    }
    out.writeInt(RecordType.header(length, type)).writeBytes(payload);
    payload.release();
    stream.write(out);
  }

  /**
   * Goes on with another set-up stream, because the path changed. What was under way on the old one
   * is lost, which attempts and heartbeats bear and a handshake does not, so that one is waited for
   * that either side has not finished. The new one begins before the old one ends, for a relay
   * forgets a circuit with its last stream.
   */
  void replaceSetUp() {
    if (session.isEstablished() && !handshake.isRunning() && hasPeerFinished) {
      beginOtherSetUp();
    }
  }

  /** The same whatever is under way, which is lost. */
  void beginOtherSetUp() {
    SendStream old = setUp;
    if (old != null && !closed) {
      setUp = null;
      heartbeats.repeat();
      session.moves().handleSetUpReplaced(this);
      old.setListener(new Replaced());
      old.reset(CloseCode.SUPERSEDED.code());
    }
  }

  /** Hears of nothing any more. */
  private static final class Replaced implements SendStream.Listener {

    @Override
    public void writable() {}

    @Override
    public void closed(String cause) {}
  }

  /** Without its set-up stream a carrier is good for nothing, however well its lanes may run. */
  private final class SetUpOutput implements SendStream.Listener {

    @Override
    public void writable() {}

    @Override
    public void closed(String cause) {
      if (!closed) {
        carrier.close(CloseCode.PROTOCOL);
      }
    }
  }

  SendStream openLaneStream(int lane) {
    return carrier.openStream(lane == 0 ? URGENCY_CONTROL : URGENCY_DATA);
  }

  // Attachments.

  /** Lets the peer's lane streams of this attachment in. */
  void admit(Attachment attachment) {
    attachments.put(attachment.epoch(), attachment);
    if (attachments.size() > ATTACHMENTS_MAX) {
      Iterator<Integer> oldest = attachments.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  // End.

  @Override
  public void closed(String cause) {
    if (closed) {
      return;
    }
    closed = true;
    handshake.close();
    resume.close();
    setUp = null;
    session.links().handleClosed(this, cause);
  }

  /** Leaves the carrier without closing it: the session is over. */
  void leave() {
    closed = true;
    handshake.close();
    resume.close();
    SendStream stream = setUp;
    if (stream != null) {
      stream.finish();
      setUp = null;
    }
  }

  static ByteBuf wrap(byte[] bytes) {
    return Unpooled.wrappedBuffer(bytes);
  }

  static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
