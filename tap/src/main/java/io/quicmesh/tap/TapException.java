package io.quicmesh.tap;

import java.io.IOException;

/**
 * The host refuses a TAP device, a setting of it, or the watching of links. The message is one
 * line: what was tried, why it failed, and what mends it.
 */
public final class TapException extends IOException {
  private static final long serialVersionUID = 1L;

  TapException(String what, String why, String mend) {
    super(what + ": " + why + "; " + mend);
  }
}
