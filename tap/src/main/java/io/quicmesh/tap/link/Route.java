package io.quicmesh.tap.link;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A way to a network. A route with several next hops is as many of these.
 *
 * @param destination the network; length 0 is the default route
 * @param linkIndex the link that it leaves by
 * @param gateway the next hop, null if the destination is on the link itself
 * @param metric the smaller one is preferred among equal destinations
 * @param table the routing table; 254 is the main one
 */
public record Route(
    IpPrefix destination, int linkIndex, @Nullable InetAddress gateway, long metric, long table) {
  /** The routing table that is used unless rules say otherwise. */
  public static final long MAIN_TABLE = 254;

  /** Whether it leads to everywhere. */
  public boolean isDefault() {
    return destination.lengthBits() == 0;
  }
}
