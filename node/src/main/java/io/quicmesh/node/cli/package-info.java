/**
 * The command line of the node and its way to the running daemon.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.node.cli;

import org.jspecify.annotations.NullMarked;
