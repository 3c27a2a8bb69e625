package io.quicmesh.transport.wire;

/** Capability bits of a node, in {@link ControlMessage.Hello} and in a session's set-up. */
public final class Capability {

  /** The node accepts direct connections. */
  public static final int DIRECT = 1;

  /** The node is more likely than others to change its underlay address. */
  public static final int MOBILE = 1 << 1;

  /** The node is the registrar of its network and answers joining hosts. */
  public static final int REGISTRAR = 1 << 2;

  private Capability() {}
}
