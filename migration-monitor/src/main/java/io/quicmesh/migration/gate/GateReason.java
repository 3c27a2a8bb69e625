package io.quicmesh.migration.gate;

import java.util.Locale;

/** What the gate counts. */
public enum GateReason {
  /** Packets of a source that is known for the connection. */
  ADMITTED,
  /** Packets that begin a connection. */
  ADMITTED_NEW,
  /** Dropped: a short header with an id that is not ours. */
  UNKNOWN_ID,
  /** Dropped: in the client role, not from the server. */
  NOT_THE_SERVER,
  /** Dropped: a long header with a known id, not from the opening address. */
  LONG_HEADER,
  /** Dropped: a long header with an id that a Retry replaced, whoever sent it. */
  REPLACED_ID,
  /** Dropped: from a new source before the connection has a key for challenges. */
  NO_KEY,
  /** Dropped: as many packets of the connection are held as may be. */
  HELD_FULL,
  HELD,
  /** Held and given to the codec, because the source answered. */
  RELEASED,
  /** Held and dropped, because the source did not answer in time or the connection closed. */
  EXPIRED,
  CHALLENGED,
  /** Not challenged: its network had as many challenges as it may have. */
  CHALLENGE_LIMITED,
  /** Not challenged: the challenge would be larger than the packet. */
  CHALLENGE_TOO_LARGE,
  /** Not challenged: the source was challenged a moment ago. */
  CHALLENGE_PENDING,
  ANSWERED,
  /** An answer to a challenge that is too old. */
  ANSWER_STALE,
  /** An answer that does not prove what it should, or without a connection to prove it for. */
  ANSWER_WRONG;

  /** The name as logs and the API show it, for example {@code held-full}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
