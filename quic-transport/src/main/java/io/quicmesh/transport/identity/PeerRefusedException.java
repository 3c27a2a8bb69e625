package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.CloseCode;

/**
 * A peer whose certificate does not make it acceptable. Expected, counted by its code, and so
 * without a stack trace.
 */
public final class PeerRefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final CloseCode code;

  /** An exception with the code to close with, and one line that says what, why and the mend. */
  public PeerRefusedException(CloseCode code, String oneLine) {
    super(oneLine, null, false, false);
    this.code = code;
  }

  /** What to close the connection with. */
  public CloseCode code() {
    return code;
  }

  /** What, why and the mend, in one line. */
  public String oneLine() {
    return String.valueOf(getMessage());
  }
}
