package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.session.ResumeExchange.Purpose;
import io.quicmesh.transport.wire.Opaque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end-to-end association of two nodes: keys, and lanes that outlive the carriers they run on.
 * Owned by the event loop.
 *
 * <p>In the order in which a frame meets it: {@link #offer} stages it in the lane of its flow,
 * {@link #flush} numbers and sends what the bounds allow, the peer's {@link LaneInput} puts it in
 * order, {@link RecordIntake} hands it on, and an acknowledgement lets {@link SendLane} forget it.
 * A handover is {@link #resume}, then {@link #commit}: every lane is cut at a record and goes on at
 * the same number elsewhere, or, if the old carrier is silent, at the number that the peer awaits.
 */
public final class Session {

  private static final long STALE_NANOS = 10_000_000_000L;

  private final SessionConfig config;
  private final SessionEnvironment environment;
  private final SessionListener listener;
  private final SendLanes sendLanes;
  private final ReceiveLanes receiveLanes;
  private final RecordIntake records;
  private final SessionKeys keys = new SessionKeys();
  private final SessionMoves moves;
  private final SessionLinks links;
  private boolean ended;
  private long stale;
  private long lostByRestart;

  /** A session without carriers and keys. */
  public Session(SessionConfig config, SessionEnvironment environment, SessionListener listener) {
    this.config = config;
    this.environment = environment;
    this.listener = listener;
    this.sendLanes = new SendLanes(config, environment, listener);
    this.receiveLanes = new ReceiveLanes(environment, sendLanes);
    this.records = new RecordIntake(listener, sendLanes, environment.allocator());
    this.links = new SessionLinks(this, listener, sendLanes);
    this.moves = new SessionMoves(this, listener, sendLanes, receiveLanes);
  }

  SessionConfig config() {
    return config;
  }

  SessionEnvironment environment() {
    return environment;
  }

  SessionListener listener() {
    return listener;
  }

  SessionKeys keys() {
    return keys;
  }

  RecordIntake records() {
    return records;
  }

  SessionMoves moves() {
    return moves;
  }

  SessionLinks links() {
    return links;
  }

  // Frames out.

  /** Whether a frame of this many bytes and of this flow may be offered now. */
  public boolean hasRoom(int frameBytes, int flowHash) {
    return !ended && sendLanes.hasRoom(frameBytes, flowHash);
  }

  /**
   * Stages a frame; {@link #flush} sends it. At least 4 bytes before it must be free: a record
   * header is written there.
   *
   * @param batch virtio-net header and Ethernet frame at {@code offset}; kept by reference if large
   * @param flowHash frames of equal hash stay in order
   */
  public void offer(ByteBuf batch, int offset, int length, int flowHash) {
    sendLanes.offerFrame(batch, offset, length, flowHash);
  }

  /** Sends a message of at most 64 KiB on the control lane, in order with other messages. */
  public void sendMessage(ByteBuf message) {
    sendLanes.offerMessage(message);
    sendLanes.flush();
  }

  /** Sends what is staged, as far as carrier and bounds allow. */
  public void flush() {
    sendLanes.flush();
  }

  /** Drops staged frames that have waited 10 s for a carrier. To be called every second or so. */
  public void dropStale() {
    if (sendLanes.attached() == null) {
      stale += sendLanes.dropStagedBefore(environment.nowNanos() - STALE_NANOS);
    }
  }

  // Records in.

  void addInput(LaneHeader header, IncomingStream incoming, Attachment attachment) {
    receiveLanes.addInput(this, header, incoming, attachment);
  }

  /** A stream has been read as far as it went. */
  void handleInputProcessed() {
    if (!ended) {
      receiveLanes.handleProcessed();
      moves.handleProgress();
      listener.framesDone();
      sendLanes.flush();
    }
  }

  void handleInputEnded(CarrierLink link) {
    tellIfIdle(link);
  }

  /** To be called at the time that was asked for by {@link SessionEnvironment#setAlarm}. */
  public void handleAlarm() {
    if (!ended) {
      receiveLanes.handleAlarm();
    }
  }

  /** Tells the session the smoothed round-trip time of the carrier that it uses. */
  public void setRttNanos(long smoothedNanos) {
    receiveLanes.setRttNanos(smoothedNanos);
  }

  // Carriers.

  /**
   * Adds a carrier. The first one carries the handshake, which the smaller node id begins; a
   * session that has keys but no carrier moves to it at once.
   */
  public void addCarrier(Carrier carrier) {
    links.add(carrier);
  }

  /**
   * Runs the handshake on a carrier that was added: for fresh keys, or because the peer restarted.
   */
  public void startOver(Carrier carrier) {
    CarrierLink link = links.find(carrier);
    if (link != null) {
      links.startOver(link);
    }
  }

  /** Begins a handshake anew that has lasted for more than 5 s. To be called every second or so. */
  public void startLateHandshakeOver() {
    links.startLateHandshakeOver();
  }

  /** The carrier that this side's lanes run on, or null. */
  public @Nullable Carrier carrier() {
    Attachment on = sendLanes.attached();
    return on == null ? null : on.link().carrier();
  }

  /** Whether a carrier was added and is still there. */
  public boolean has(Carrier carrier) {
    return links.find(carrier) != null;
  }

  void tellIfIdle(CarrierLink link) {
    Attachment on = sendLanes.attached();
    boolean isSending = on != null && on.link() == link;
    if (!ended && !link.isClosed() && !isSending && !receiveLanes.readFrom(link)) {
      listener.idle(link.carrier());
    }
  }

  /** Sends a heartbeat on a carrier; {@link SessionListener#echoed} tells of the answer. */
  public void sendHeartbeat(Carrier carrier, long number) {
    CarrierLink link = links.find(carrier);
    if (link != null) {
      link.heartbeats().send(number);
    }
  }

  // Handover.

  /**
   * Begins to move the session to a carrier that was added: asks the peer to resume it there. The
   * listener is told of the outcome; nothing moves before {@link #commit}.
   */
  public void resume(Carrier carrier) {
    moves.resume(carrier);
  }

  /** Gives up an attempt that was not committed. */
  public void abandonAttempt(Carrier carrier) {
    CarrierLink link = links.find(carrier);
    if (link != null) {
      link.resume().drop();
    }
  }

  /**
   * Moves this side's lanes to the carrier whose {@link #resume} the peer answered, and tells the
   * peer to do the same.
   *
   * @param isOldSilent whether the carrier in use does not answer: then what is unacknowledged is
   *     sent again instead of being awaited there
   */
  public void commit(Carrier carrier, boolean isOldSilent) {
    moves.commit(carrier, isOldSilent);
  }

  /** Stops reading what is left of the peer's streams that it has moved away from. */
  public void leaveOldStreams() {
    moves.leaveOldStreams();
  }

  // Upkeep.

  /**
   * Attaches the lanes to a carrier, without asking the owner again: because they are on none, or
   * because a stream of theirs ended there.
   */
  public void attach(Carrier carrier) {
    moves.upkeep(carrier, 0, Purpose.UPKEEP);
  }

  /**
   * Whether some lane has lost its stream on the carrier in use, so that {@link #attach} is needed.
   */
  public boolean isLaneMissing() {
    return sendLanes.isLaneMissing();
  }

  /**
   * Whether the peer's lanes run where ours do. If that stays false, what told the peer to move was
   * lost, and {@link #attach} is needed.
   */
  public boolean hasPeerFollowed() {
    return moves.hasPeerFollowed();
  }

  /**
   * As {@link #attach}, and sends again what is unacknowledged: because the path under the carrier
   * changed, and QUIC repairs only slowly what was lost on the old one.
   */
  public void attachAndResend(Carrier carrier) {
    moves.upkeep(carrier, 0, Purpose.RESENDING);
  }

  /** The path under a carrier changed: what its set-up stream had in flight may never come. */
  public void replaceSetUp(Carrier carrier) {
    CarrierLink link = links.find(carrier);
    if (link != null) {
      link.replaceSetUp();
    }
  }

  /** Moves the lanes on to the next generation of the session's secret, where they are. */
  public void ratchet() {
    Carrier on = carrier();
    if (on != null) {
      moves.upkeep(on, 1, Purpose.UPKEEP);
    }
  }

  /**
   * Runs the handshake again where the lanes are, for a secret that owes nothing to the old one.
   */
  public void renew() {
    Carrier on = carrier();
    if (on != null && keys.isThere() && moves.handoverUnderWay() == null) {
      startOver(on);
    }
  }

  // Keys.

  /** The peer lost its state: lanes begin at 0, and what was in flight is lost. */
  void restart() {
    int lost = sendLanes.restart();
    receiveLanes.restart();
    lostByRestart += lost;
    listener.peerRestarted(lost);
  }

  /** Whether both sides have proven themselves and the session has keys. */
  public boolean isEstablished() {
    return keys.isThere();
  }

  /** The id of the session, 16 bytes; empty before it is established. */
  public Opaque sessionId() {
    return keys.sessionId();
  }

  List<Long> expectedNumbers() {
    return receiveLanes.expectedNumbers();
  }

  // Facts and end.

  /** What was counted so far. */
  public SessionCounters counters() {
    return new SessionCounters(
        sendLanes.framesOffered(),
        records.frames(),
        sendLanes.bytesOffered(),
        records.bytes(),
        sendLanes.framesResent(),
        receiveLanes.duplicates(),
        stale,
        lostByRestart,
        records.badRecords());
  }

  /** Bytes that wait for their first sending. */
  public long stagedBytes() {
    return sendLanes.stagedBytes();
  }

  /** Bytes that were sent and not acknowledged. */
  public long flightBytes() {
    return sendLanes.flightBytes();
  }

  /** Bytes a second that the carrier delivered at best lately. */
  public long deliveryRateBytesPerSecond() {
    return sendLanes.rateBytesPerSecond();
  }

  /** When the oldest unacknowledged record was sent; {@link Long#MAX_VALUE} if there is none. */
  public long oldestUnacknowledgedNanos() {
    return sendLanes.oldestSentNanos();
  }

  /** Ends the session on this side and gives back what it holds. Carriers stay open. */
  public void close() {
    if (ended) {
      return;
    }
    ended = true;
    links.leaveAll();
    receiveLanes.restart();
    sendLanes.release();
    records.release();
    keys.erase();
  }
}
