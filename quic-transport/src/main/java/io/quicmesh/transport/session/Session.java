package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end-to-end association of two nodes: keys, and lanes that outlive the carriers they run on.
 * Owned by the event loop.
 *
 * <p>In the order in which a frame meets it: {@link #offer} stages it in the lane of its flow,
 * {@link #flush} numbers and sends what the bounds allow, the peer's {@link LaneInput} puts it in
 * order, {@link #handleRecord} hands it on, and an acknowledgement lets {@link SendLane} forget it.
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
  private final RecordCipher.Scratch cipherScratch = new RecordCipher.Scratch();
  private final ByteBuf opened;
  private final List<CarrierLink> links = new ArrayList<>();
  private @Nullable KeySchedule keys;
  private int highestEpoch;
  private int committedEpoch;
  private boolean needsHandshake = true;
  private boolean ended;
  private long framesReceived;
  private long bytesReceived;
  private long stale;
  private long lostByRestart;
  private long badRecords;

  /** A session without carriers and keys. */
  public Session(SessionConfig config, SessionEnvironment environment, SessionListener listener) {
    this.config = config;
    this.environment = environment;
    this.listener = listener;
    this.sendLanes = new SendLanes(config, environment, listener);
    this.receiveLanes = new ReceiveLanes(environment, sendLanes);
    this.opened = environment.allocator().directBuffer(RecordType.PAYLOAD_BYTES_MAX);
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

  // Frames out.

  /** Whether a frame of this many bytes may be offered now. */
  public boolean hasRoom(int frameBytes) {
    return !ended && sendLanes.hasRoom(frameBytes);
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

  /** Working memory for one opened record. */
  ByteBuf openedScratch() {
    return opened.clear();
  }

  /** Takes a numbered record in its order. */
  void handleRecord(int type, ByteBuf payload) {
    if (type == RecordType.FRAME) {
      framesReceived++;
      bytesReceived += payload.readableBytes();
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
      sendLanes.handleResend(payload.readUnsignedByte(), payload.readLong());
    }
  }

  /** A stream has been read as far as it went. */
  void handleInputProcessed() {
    if (!ended) {
      receiveLanes.handleProcessed();
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
    CarrierLink link = new CarrierLink(this, carrier);
    links.add(link);
    carrier.setListener(link);
    if (needsHandshake) {
      startHandshake(link);
    } else if (config.isInitiator() && committedEpoch == 0) {
      resume(carrier);
    }
  }

  /**
   * Runs the handshake on a carrier that was added: for fresh keys, or because the peer restarted.
   */
  public void startOver(Carrier carrier) {
    CarrierLink link = find(carrier);
    if (link != null) {
      needsHandshake = true;
      startHandshake(link);
    }
  }

  private void startHandshake(CarrierLink link) {
    boolean isRunning = false;
    for (CarrierLink other : links) {
      isRunning |= other.handshake().isRunning();
    }
    if (config.isInitiator() && !isRunning && !link.isClosed()) {
      link.handshake().start();
    }
  }

  /** The carrier that this side's lanes run on, or null. */
  public @Nullable Carrier carrier() {
    Attachment on = sendLanes.attached();
    return on == null ? null : on.link().carrier();
  }

  /** Whether a carrier was added and is still there. */
  public boolean has(Carrier carrier) {
    return find(carrier) != null;
  }

  private @Nullable CarrierLink find(Carrier carrier) {
    for (CarrierLink link : links) {
      if (link.carrier().equals(carrier)) {
        return link;
      }
    }
    return null;
  }

  void handleCarrierClosed(CarrierLink link, String cause) {
    links.remove(link);
    if (needsHandshake && !links.isEmpty()) {
      startHandshake(links.get(links.size() - 1));
    }
    Attachment on = sendLanes.attached();
    if (on != null && on.link() == link) {
      sendLanes.detach();
      listener.detached(link.carrier(), cause);
    }
    listener.carrierClosed(link.carrier(), cause);
  }

  void handleBadRecord(CarrierLink link, WireException e) {
    badRecords++;
    String reason = String.valueOf(e.getMessage());
    listener.failed(link.carrier(), CloseCode.BAD_SEAL, reason);
    link.carrier().close(CloseCode.BAD_SEAL);
  }

  void countBadRecord() {
    badRecords++;
  }

  private void tellIfIdle(CarrierLink link) {
    Attachment on = sendLanes.attached();
    boolean isSending = on != null && on.link() == link;
    if (!ended && !link.isClosed() && !isSending && !receiveLanes.readFrom(link)) {
      listener.idle(link.carrier());
    }
  }

  /** Sends a heartbeat on a carrier; {@link SessionListener#echoed} tells of the answer. */
  public void sendHeartbeat(Carrier carrier, long number) {
    CarrierLink link = find(carrier);
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
    resume(carrier, 0);
  }

  /**
   * As {@link #resume(Carrier)}, and with the next generation of the session's secret; the carrier
   * may be the one in use.
   */
  public void ratchet(Carrier carrier) {
    resume(carrier, 1);
  }

  private void resume(Carrier carrier, int generations) {
    CarrierLink link = find(carrier);
    KeySchedule schedule = keys;
    if (link == null || schedule == null) {
      listener.resumeFailed(carrier, link == null ? "the carrier is gone" : "no keys yet");
      return;
    }
    int own = config.isInitiator() ? 0 : 1;
    highestEpoch = (((highestEpoch >>> 1) + 1) << 1) | own;
    link.resume().begin(highestEpoch, schedule.generation() + generations);
  }

  /** Gives up an attempt that was not committed. */
  public void abandonAttempt(Carrier carrier) {
    CarrierLink link = find(carrier);
    if (link != null) {
      link.resume().drop();
    }
  }

  void handleResumed(CarrierLink link) {
    listener.resumed(link.carrier());
  }

  void handleRefused(CarrierLink link, int highest) {
    highestEpoch = Math.max(highestEpoch, highest);
    boolean isUnknown = highest == 0;
    String reason = isUnknown ? "the peer does not know the session" : "a newer attempt won";
    listener.resumeFailed(link.carrier(), reason);
    if (isUnknown) {
      startOver(link.carrier());
    }
  }

  /** Whether a peer's attempt is newer than all that are known; own older ones are given up. */
  boolean admitAttempt(int epoch) {
    if (epoch <= highestEpoch) {
      return false;
    }
    highestEpoch = epoch;
    for (CarrierLink link : List.copyOf(links)) {
      if (link.resume().epoch() != 0) {
        link.resume().drop();
        listener.resumeFailed(link.carrier(), "a newer attempt won");
      }
    }
    return true;
  }

  /**
   * Moves this side's lanes to the carrier whose {@link #resume} the peer answered, and tells the
   * peer to do the same.
   *
   * @param isOldSilent whether the carrier in use does not answer: then what is unacknowledged is
   *     sent again instead of being awaited there
   */
  public void commit(Carrier carrier, boolean isOldSilent) {
    CarrierLink link = find(carrier);
    if (link == null || !link.resume().isAnswered()) {
      listener.resumeFailed(carrier, "the attempt is gone");
      return;
    }
    move(link.resume().commit(isOldSilent), false);
  }

  void handleCommitted(ResumeExchange.Committed committed) {
    if (committed.attachment().epoch() > committedEpoch) {
      move(committed, true);
    }
  }

  private void move(ResumeExchange.Committed committed, boolean byPeer) {
    Attachment from = sendLanes.attached();
    CarrierLink to = committed.attachment().link();
    committedEpoch = committed.attachment().epoch();
    keys().ratchetTo(committed.peer().generation());
    long resent = sendLanes.move(committed);
    listener.attached(to.carrier(), byPeer, resent);
    if (from != null && from.link() != to) {
      tellIfIdle(from.link());
    }
    receiveLanes.acknowledgeAgain();
    sendLanes.flush();
  }

  // Keys.

  /**
   * Takes the secret of a handshake that succeeded on this link.
   *
   * @param isSame whether the peer holds this session too; otherwise lanes begin at 0
   */
  void install(byte[] secret, CarrierLink link, boolean isSame) {
    KeySchedule old = keys;
    if (old != null && isSame) {
      keys = old.renew(secret);
    } else {
      if (old != null) {
        restart(old);
      }
      keys = new KeySchedule(secret);
      highestEpoch = 0;
      committedEpoch = 0;
    }
    needsHandshake = false;
    dropHandshakes();
    for (CarrierLink each : links) {
      each.heartbeats().rekey();
      each.resume().reset();
    }
    listener.established();
    if (config.isInitiator()) {
      resume(link.carrier());
    }
  }

  /**
   * At most one handshake runs: the initiator begins no other, and the responder takes the newest.
   */
  void dropHandshakes() {
    links.forEach(link -> link.handshake().drop());
  }

  private void restart(KeySchedule old) {
    int lost = sendLanes.restart();
    receiveLanes.restart();
    lostByRestart += lost;
    old.erase();
    listener.peerRestarted(lost);
  }

  /** Whether both sides have proven themselves and the session has keys. */
  public boolean isEstablished() {
    return keys != null;
  }

  boolean hasKeys() {
    return keys != null;
  }

  KeySchedule keys() {
    KeySchedule schedule = keys;
    if (schedule == null) {
      throw new IllegalStateException("the session has no keys yet");
    }
    return schedule;
  }

  /** The id of the session, 16 bytes; empty before it is established. */
  public Opaque sessionId() {
    return keys == null ? Opaque.of(new byte[0]) : keys.sessionId();
  }

  int highestEpoch() {
    return highestEpoch;
  }

  List<Long> expectedNumbers() {
    return receiveLanes.expectedNumbers();
  }

  Attachment newAttachment(
      CarrierLink link, int epoch, int generation, byte[] nonces, boolean isInitiator) {
    if (link.carrier().kind() == Carrier.Kind.DIRECT) {
      return new Attachment(link, epoch, null, null);
    }
    byte[] mine = keys().recordKey(generation, nonces, isInitiator);
    byte[] theirs = keys().recordKey(generation, nonces, !isInitiator);
    return new Attachment(
        link,
        epoch,
        new RecordCipher(mine, cipherScratch),
        new RecordCipher(theirs, cipherScratch));
  }

  // Facts and end.

  /** What was counted so far. */
  public SessionCounters counters() {
    return new SessionCounters(
        sendLanes.framesOffered(),
        framesReceived,
        sendLanes.bytesOffered(),
        bytesReceived,
        sendLanes.framesResent(),
        receiveLanes.duplicates(),
        stale,
        lostByRestart,
        badRecords);
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
    links.forEach(CarrierLink::leave);
    links.clear();
    receiveLanes.restart();
    sendLanes.release();
    opened.release();
    if (keys != null) {
      keys.erase();
    }
  }
}
