package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.wire.CloseCode;
import org.jspecify.annotations.Nullable;

/** What the owner of a session is told, on the event loop. */
public interface SessionListener {

  /**
   * A frame from the peer: virtio-net header and Ethernet frame. Valid during the call only.
   *
   * @param frame its readable bytes are the frame; direct memory
   */
  void frame(ByteBuf frame);

  /** What was read in one go has been handed on. */
  void framesDone();

  /** A message of {@link Session#sendMessage}. Valid during the call only. */
  void message(ByteBuf message);

  /** The greeting to give to the peer in a handshake that is about to succeed. */
  byte[] greeting();

  /**
   * The peer's greeting.
   *
   * @return why it is not acceptable, or null if it is
   */
  @Nullable String greeted(byte[] greeting);

  /** The session has keys. Its lanes wait for a carrier. */
  void established();

  /** The session got a fresh secret; its lanes go on. */
  void renewed();

  /** The peer lost its state and was greeted anew; what was in flight is gone. */
  void peerRestarted(int framesLost);

  /** A handshake or a carrier failed the session's checks. */
  void failed(@Nullable Carrier carrier, CloseCode code, String reason);

  /** The peer answered {@link Session#resume}: {@link Session#commit} may follow. */
  void resumed(Carrier carrier);

  /** An attempt that {@link Session#resume} began has failed. */
  void resumeFailed(Carrier carrier, String reason);

  /**
   * The peer asked to resume the session on a carrier and was answered; its COMMIT is to follow.
   */
  void peerResumes(Carrier carrier);

  /** Lanes of this side move to a carrier now. */
  void attached(Carrier carrier, LaneMove move);

  /** All lanes of the peer have come to the carrier of ours, and nothing before them is missing. */
  void peerFollowed(Carrier carrier);

  /** Records were sent again on a carrier because the peer asked for them. */
  void resent(Carrier carrier, int records);

  /** The carrier that the lanes were on is gone, and they have no other. */
  void detached(Carrier carrier, String cause);

  /** A lane's stream ended on a carrier that lives: the lanes have to be attached anew. */
  void laneLost(Carrier carrier, String cause);

  /** No lane of either direction runs on this carrier any more. */
  void idle(Carrier carrier);

  /** The peer echoed a heartbeat on this carrier. */
  void echoed(Carrier carrier, long number);

  /** Records that the peer will acknowledge were sent on this carrier. */
  void recordsSent(Carrier carrier);

  /**
   * The peer acknowledged records that were sent on the carrier in use.
   *
   * @param newestSentNanos when the newest of them was sent
   * @param bytes how many bytes they were
   */
  void acknowledged(Carrier carrier, long newestSentNanos, long bytes);

  /** A carrier that was added is gone. */
  void carrierClosed(Carrier carrier, String cause);

  /** A session that was full has room again. */
  void drained();
}
