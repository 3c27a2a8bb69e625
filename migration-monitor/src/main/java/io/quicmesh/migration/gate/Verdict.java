package io.quicmesh.migration.gate;

/** What becomes of a packet. */
public enum Verdict {
  /** The codec gets it. */
  ADMIT,
  /** It is kept under {@link Gate#ticket()} until its source has answered or time is up. */
  HOLD,
  DROP
}
