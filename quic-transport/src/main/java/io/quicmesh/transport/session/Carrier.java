package io.quicmesh.transport.session;

import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.Fingerprint;
import org.jspecify.annotations.Nullable;

/**
 * What a session's lanes run on: a direct connection, or a circuit through one relay. A supplier of
 * streams, and nothing more. Owned by the event loop.
 */
public interface Carrier {

  /** The kinds of carrier, and their byte in a RESUME. */
  enum Kind {
    DIRECT(1),
    CIRCUIT(2);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /** Direct or circuit. */
  Kind kind();

  /** The relay of a circuit; null for a direct carrier. */
  @Nullable Fingerprint relay();

  /** For people: the underlay address of the peer, or the relay's name. */
  String description();

  /**
   * Opens a stream towards the peer's session.
   *
   * @param urgency a smaller number is sent first; equal ones take turns
   */
  SendStream openStream(int urgency);

  /** Bound on unacknowledged bytes that this carrier shares with others. */
  FlightBudget flightBudget();

  /** Replaces the listener. Streams that came before the first listener wait for it. */
  void setListener(Listener listener);

  /** Ends this carrier on both sides; streams close, the listener is told. */
  void close(CloseCode code);

  /** What the owner of a carrier is told, on the event loop. */
  interface Listener {

    /** The peer's session opened a stream. */
    void streamOpened(ReceiveStream stream);

    /** The carrier is gone. Called at most once. */
    void closed(String cause);
  }
}
