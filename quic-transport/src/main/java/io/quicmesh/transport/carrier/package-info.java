/**
 * The two kinds of carrier on QUIC connections, and a node's side of its connection to a relay.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.transport.carrier;

import org.jspecify.annotations.NullMarked;
