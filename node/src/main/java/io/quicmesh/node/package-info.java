/**
 * The mesh node: composition of TAP, switch, sessions and relays on one event loop.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.node;

import org.jspecify.annotations.NullMarked;
