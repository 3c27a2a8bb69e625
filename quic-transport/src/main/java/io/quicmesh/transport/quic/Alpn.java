package io.quicmesh.transport.quic;

/**
 * The application protocols of a connection (RFC 7301): who talks to whom, and the version of the
 * wire format.
 */
public final class Alpn {

  /** Node to node. */
  public static final String NODE = "quicmesh/1";

  /** Node to relay. */
  public static final String RELAY = "quicmesh-relay/1";

  /** A joining host to a relay. */
  public static final String JOIN = "quicmesh-join/1";

  private Alpn() {}
}
