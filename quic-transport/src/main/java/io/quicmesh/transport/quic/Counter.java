package io.quicmesh.transport.quic;

import io.quicmesh.transport.wire.CloseCode;
import java.util.Locale;

/** What an endpoint counts; the names of the drops say why. */
enum Counter {
  /** Datagrams that came. */
  RECEIVED,
  /** Bytes of them, without UDP's and IP's headers. */
  BYTES_RECEIVED,
  /** Bytes that were sent, likewise. */
  BYTES_SENT,
  /** Own packets among them. */
  OWN_PACKETS,
  /** Dropped: no bytes; the other side's codec sends such when it closes. */
  DROPPED_EMPTY,
  /** Dropped: too short for a connection id. */
  DROPPED_SHORT,
  /** Dropped: without QUIC's fixed bit. */
  DROPPED_NOT_QUIC,
  /** Dropped: a QUIC version that is not ours. */
  DROPPED_VERSION,
  /** Dropped: an Initial in less than 1200 bytes (RFC 9000, section 14.1). */
  DROPPED_SMALL_INITIAL,
  /** Not admitted by the gate, now or ever. */
  DROPPED_GATE,
  /** Dropped: too many handshakes in flight. */
  DROPPED_HANDSHAKES_FULL,
  /** Dropped: too many handshakes in flight from one source. */
  DROPPED_HANDSHAKES_SOURCE,
  /** Dropped: an Initial while nobody is accepted here. */
  DROPPED_NO_SERVER_ROLE,
  /** Datagrams that the kernel did not take. */
  SEND_FAILED,
  /** Sources that were asked to come back with a token. */
  RETRIES_SENT,
  /** Dropped: an Initial with a token that is not ours, too old or of another address. */
  DROPPED_TOKEN,
  /** Handshakes that did not end before their deadline. */
  HANDSHAKES_LATE,
  /** Handshakes that failed in TLS. */
  HANDSHAKES_FAILED,
  /** Peers that a verifier refused. */
  PEERS_REFUSED,
  /** Among them: of a network that is not allowed, or without a certificate of it. */
  REFUSED_NOT_ALLOWED,
  /** Among them: the key is revoked. */
  REFUSED_REVOKED,
  /** Among them: the certificate has expired. */
  REFUSED_EXPIRED,
  /** Among them: a certificate from the future. */
  REFUSED_WRONG_CLOCK,
  /** Among them: another node or relay than was dialled. */
  REFUSED_WRONG_PEER,
  /** Connections that were accepted. */
  ACCEPTED,
  /** Connections that were dialled with success. */
  DIALLED,
  /** Dials that failed. */
  DIALS_FAILED,
  /** Streams of an unknown kind, stopped. */
  STREAMS_UNKNOWN,
  /** Streams whose header did not come in time, stopped. */
  STREAMS_LATE,
  /** Control streams that broke the format. */
  CONTROL_MALFORMED,
  /** Packets that quiche refused, such as ones that nobody could have sent. */
  QUIC_ERRORS;

  /** What counts refusals with this code beside {@link #PEERS_REFUSED}. */
  static Counter refusal(CloseCode code) {
    return switch (code) {
      case REVOKED -> REFUSED_REVOKED;
      case EXPIRED -> REFUSED_EXPIRED;
      case WRONG_CLOCK -> REFUSED_WRONG_CLOCK;
      case WRONG_PEER -> REFUSED_WRONG_PEER;
      default -> REFUSED_NOT_ALLOWED;
    };
  }

  /** The name in status and metrics. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
