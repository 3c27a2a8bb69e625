package io.quicmesh.transport.wire;

/**
 * Bytes from a peer that the wire format does not allow. Expected, counted by reason, and so
 * without a stack trace.
 */
public final class WireException extends Exception {

  private static final long serialVersionUID = 1L;

  /** An exception that says what was wrong, in one line without the bytes themselves. */
  public WireException(String reason) {
    super(reason, null, false, false);
  }
}
