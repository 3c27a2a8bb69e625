package io.quicmesh.migration;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel chooses for packets to one of our peers or relays.
 *
 * @param interfaceName the interface
 * @param localAddress the source address, null if it is not known
 */
public record UplinkUse(String interfaceName, @Nullable InetAddress localAddress) {}
