/**
 * The command line of the relay.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.relay.cli;

import org.jspecify.annotations.NullMarked;
