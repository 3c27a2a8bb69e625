package io.quicmesh.transport.quic;

import io.quicmesh.transport.wire.CloseCode;

/**
 * A dialled connection did not come up, or its peer was not the expected one. Expected, and so
 * without a stack trace.
 */
public final class DialException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int code;

  /** An exception with a code of {@link CloseCode} and one line for people. */
  public DialException(int code, String oneLine) {
    super(oneLine, null, false, false);
    this.code = code;
  }

  /** The application error code of the peer or of our own refusal; see {@link CloseCode}. */
  public int code() {
    return code;
  }
}
