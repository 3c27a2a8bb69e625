package io.quicmesh.tap.frame;

import java.util.Locale;

/** What the check of a frame with its virtio-net header found. */
public enum HeaderVerdict {
  /** The frame may be written to a TAP device. */
  ACCEPTED,
  /** Shorter than a virtio-net header and an Ethernet header. */
  TOO_SHORT,
  /** Longer than any superframe. */
  TOO_LONG,
  /** A kind of superframe that does not exist here. */
  GSO_TYPE,
  /** A superframe without an open checksum (virtio 1.2, section 5.1.6.2). */
  GSO_WITHOUT_CHECKSUM,
  /** The superframe is not what its kind says: other protocol, a fragment, or a cut header. */
  GSO_PROTOCOL,
  /** The size of a segment would make far too many of them. */
  GSO_SIZE,
  /** The open checksum lies outside the frame, or not in the superframe's transport header. */
  CHECKSUM_POSITION;

  /** Whether the frame may be written to a TAP device. */
  public boolean accepted() {
    return this == ACCEPTED;
  }

  /** The reason as it is shown, such as {@code gso_size}. */
  public String shown() {
    return name().toLowerCase(Locale.ROOT);
  }
}
