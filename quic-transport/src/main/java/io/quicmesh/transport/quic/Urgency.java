package io.quicmesh.transport.quic;

/**
 * How early a stream's bytes are sent when the connection cannot send everything at once: a smaller
 * number goes first, equal ones take turns. From 0 to 127.
 */
public final class Urgency {

  /** Control messages of a connection. */
  public static final int CONTROL = 0;

  /** The control lane of a session, and everything that has to pass beside full data lanes. */
  public static final int SESSION_CONTROL = 8;

  /** Data lanes. */
  public static final int DATA = 64;

  private Urgency() {}
}
