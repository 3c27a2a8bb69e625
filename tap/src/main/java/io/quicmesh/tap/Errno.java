package io.quicmesh.tap;

import com.sun.jna.LastErrorException;

/** The Linux error numbers that the host's side tells apart (errno.h, equal on x86_64, aarch64). */
final class Errno {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EIO = 5;
  static final int ENXIO = 6;
  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int EBUSY = 16;
  static final int EEXIST = 17;
  static final int ENODEV = 19;
  static final int EINVAL = 22;
  static final int ENOBUFS = 105;

  private Errno() {}

  static boolean isPermission(int errno) {
    return errno == EPERM || errno == EACCES;
  }

  /** What the system says about the error, such as {@code Device or resource busy}. */
  static String text(int errno) {
    String text = new LastErrorException(errno).getMessage();
    return text == null ? "error " + errno : text.replaceFirst("^\\[\\d+] ", "");
  }
}
