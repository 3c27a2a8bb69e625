/**
 * The UDP port with both QUIC roles, connections and their streams.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.transport.quic;

import org.jspecify.annotations.NullMarked;
