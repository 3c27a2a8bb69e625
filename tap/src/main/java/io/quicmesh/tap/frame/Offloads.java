package io.quicmesh.tap.frame;

import java.util.ArrayList;
import java.util.List;

/**
 * The work on a frame that a TAP device leaves to the other side of its virtio-net header:
 * checksums that are still open, and TCP or UDP superframes that are still to be cut into segments.
 *
 * @param checksum frames may come with an open checksum
 * @param tso4 superframes of TCP over IPv4; needs {@code checksum}
 * @param tso6 superframes of TCP over IPv6; needs {@code checksum}
 * @param uso superframes of UDP over IPv4 and IPv6 (Linux grants only both); needs {@code checksum}
 */
public record Offloads(boolean checksum, boolean tso4, boolean tso6, boolean uso) {
  /** Nothing is left open: every frame is complete and no larger than the MTU. */
  public static final Offloads NONE = new Offloads(false, false, false, false);

  /** Only checksums are left open. */
  public static final Offloads CHECKSUM = new Offloads(true, false, false, false);

  /** Checksums and TCP superframes: what Linux before 6.2 has. */
  public static final Offloads TCP = new Offloads(true, true, true, false);

  /** Everything. */
  public static final Offloads ALL = new Offloads(true, true, true, true);

  public Offloads {
    if (!checksum && (tso4 || tso6 || uso)) {
      throw new IllegalArgumentException("segmentation offload needs checksum offload");
    }
  }

  /** The names of what is granted, as they are shown to an operator; empty for none. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    if (checksum) {
      names.add("checksum");
    }
    if (tso4) {
      names.add("tso4");
    }
    if (tso6) {
      names.add("tso6");
    }
    if (uso) {
      names.add("uso");
    }
    return names;
  }
}
