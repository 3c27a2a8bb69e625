/**
 * The relay server: authenticates nodes, introduces them, splices circuits, forgets.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.relay;

import org.jspecify.annotations.NullMarked;
