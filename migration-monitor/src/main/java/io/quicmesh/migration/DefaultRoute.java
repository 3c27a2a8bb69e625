package io.quicmesh.migration;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A way to everywhere.
 *
 * @param ipv6 its family
 * @param interfaceName the interface that it leaves by
 * @param gateway the next hop, null on a link without one
 * @param metric the smaller one is preferred
 */
public record DefaultRoute(
    boolean ipv6, String interfaceName, @Nullable InetAddress gateway, long metric) {}
