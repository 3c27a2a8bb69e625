package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.ControlMessage;
import java.net.InetSocketAddress;

/**
 * What the relay says of itself to every node.
 *
 * @param bootId random number of this run of the relay
 * @param software name and version
 */
public record Greeting(long bootId, String software) {

  /** The version of the control protocol between node and relay. */
  public static final int PROTOCOL_VERSION = 1;

  ControlMessage.Welcome welcome(InetSocketAddress observed) {
    return new ControlMessage.Welcome(PROTOCOL_VERSION, bootId, software, observed);
  }
}
