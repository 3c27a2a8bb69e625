package io.quicmesh.node.switching;

import java.util.Locale;

/** Why the switch drops a frame. */
public enum SwitchDrop {
  /** Shorter than an Ethernet header. */
  RUNT,
  /** The source address is zero or a group address. */
  BAD_SOURCE,
  /** The destination is on the port that the frame came from. */
  SAME_PORT,
  /** A frame of a peer for another peer: split horizon. */
  NOT_FOR_THIS_HOST,
  /** More broadcasts from one peer than allowed. */
  STORM,
  /** The source address moves between ports too often: there is a loop, or a forger. */
  MAC_MOVING;

  /** The reason's name in status and metrics. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
