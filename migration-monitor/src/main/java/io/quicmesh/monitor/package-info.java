/**
 * Admin HTTP, the live page and metrics, fed with facts by node and relay.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.monitor;

import org.jspecify.annotations.NullMarked;
