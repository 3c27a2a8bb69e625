package io.quicmesh.tap;

import java.util.Locale;

/** Why a frame was dropped at the TAP device. */
public enum TapDropReason {
  /** A frame from the host was larger than a read can take. */
  READ_TOO_LONG,
  /** A frame for the host had a virtio-net header or a length that was refused unwritten. */
  WRITE_MALFORMED,
  /** The kernel refused a frame or its virtio-net header (EINVAL). */
  WRITE_REFUSED,
  /** The kernel would have blocked (EAGAIN). */
  WRITE_WOULD_BLOCK,
  /** The interface is down (EIO). */
  WRITE_LINK_DOWN,
  /** The kernel had no memory for a frame (ENOMEM, ENOBUFS). */
  WRITE_NO_MEMORY,
  /** The device was closed, or its interface removed from outside. */
  WRITE_CLOSED,
  /** Any other error. */
  WRITE_FAILED;

  static TapDropReason ofWrite(int errno) {
    return switch (errno) {
      case Errno.EINVAL -> WRITE_REFUSED;
      case Errno.EIO -> WRITE_LINK_DOWN;
      case Errno.ENOMEM, Errno.ENOBUFS -> WRITE_NO_MEMORY;
      default -> WRITE_FAILED;
    };
  }

  /** The reason as it is shown, such as {@code write_refused}. */
  public String shown() {
    return name().toLowerCase(Locale.ROOT);
  }
}
