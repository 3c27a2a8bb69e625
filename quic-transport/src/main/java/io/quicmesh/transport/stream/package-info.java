/**
 * The ends of unidirectional byte streams, as the protocol logic sees them.
 *
 * <p>Package kind: pure.
 */
@NullMarked
package io.quicmesh.transport.stream;

import org.jspecify.annotations.NullMarked;
