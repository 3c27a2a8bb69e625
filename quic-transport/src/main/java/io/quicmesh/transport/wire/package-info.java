/**
 * The wire format: stream headers, records and relay messages.
 *
 * <p>Package kind: pure.
 */
@NullMarked
package io.quicmesh.transport.wire;

import org.jspecify.annotations.NullMarked;
