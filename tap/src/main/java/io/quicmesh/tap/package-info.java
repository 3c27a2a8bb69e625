/**
 * The TAP device and the watcher of the host's links: the host's side of a node.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.tap;

import org.jspecify.annotations.NullMarked;
