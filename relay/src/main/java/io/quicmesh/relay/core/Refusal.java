package io.quicmesh.relay.core;

import java.util.Locale;

/** Why the relay refused something; each is counted. The lower-case name is what status shows. */
public enum Refusal {
  NETWORK_NOT_ALLOWED,
  REVOKED,
  EXPIRED,
  VERSION,
  DRAINING,
  HELLO_TIMED_OUT,
  DUPLICATE_KEY,
  UNEXPECTED_MESSAGE,
  UNEXPECTED_STREAM,
  NOT_ADMITTED,
  QUOTA_CONNECTIONS,
  QUOTA_NETWORKS,
  QUOTA_PENDING_HANDSHAKES,
  QUOTA_CIRCUITS,
  QUOTA_CIRCUIT_REQUESTS,
  QUOTA_STREAMS,
  QUOTA_CIRCUIT_RATE,
  CIRCUIT_PEER_OFFLINE,
  CIRCUIT_NOT_ALLOWED,
  CIRCUIT_UNANSWERED,
  JOIN_NO_REGISTRAR,
  JOIN_NOT_ALLOWED,
  JOIN_QUOTA,
  JOIN_TIMED_OUT,
  REVOCATIONS_INVALID,
  REVOCATIONS_STALE,
  CONTROL_FLOOD,
  PENDING_BYTES,
  JOIN_BYTES;

  /** The name in status and metrics. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
