/**
 * A simulated underlay for whole nodes and relays: a clock, event loops that it drives, hosts with
 * addresses, wires between them, and QUIC connections over those wires. No sockets, no threads;
 * same seed, same run.
 */
@NullMarked
package io.quicmesh.node.world;

import org.jspecify.annotations.NullMarked;
