/**
 * The way to a running daemon's admin interface for commands: small, and quick to load.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.monitor.client;

import org.jspecify.annotations.NullMarked;
