package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.Fingerprint;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A host that talks to the registrar of a network, over one stream in each direction. */
final class Join {

  /**
   * Names a join at a relay.
   *
   * @param key fingerprint of the joining host's key
   */
  record Key(Fingerprint network, Fingerprint key, long nonce) {}

  /** Who joins: a connection, and what bounds it. */
  record Host(long connection, Fingerprint key, String source) {}

  private static final long NONE = -1;

  final Key key;
  final Host host;
  final NodeConnection registrar;

  /** From the host; {@link #NONE} when it has ended. */
  private long request;

  /** From the registrar; {@link #NONE} until it answers and when it has ended. */
  private long answer = NONE;

  private boolean answered;

  /** When the join must be done. */
  Deadlines.@Nullable Entry deadline;

  Join(Key key, Host host, NodeConnection registrar, long request) {
    this.key = key;
    this.host = host;
    this.registrar = registrar;
    this.request = request;
  }

  boolean isAnswered() {
    return answered;
  }

  void answer(long stream) {
    answered = true;
    answer = stream;
  }

  /** A stream of it ended; returns whether the join is done. */
  boolean handleStreamEnded(long stream) {
    if (stream == request) {
      request = NONE;
    } else if (stream == answer) {
      answer = NONE;
    }
    return answered && answer == NONE && request == NONE;
  }

  /** The streams that have not ended. */
  long[] streams() {
    return LongStream.of(request, answer).filter(s -> s != NONE).toArray();
  }
}
