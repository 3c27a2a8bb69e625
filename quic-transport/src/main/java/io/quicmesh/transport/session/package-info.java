/**
 * Sessions and lanes: numbering, acknowledgement, sealing, the move between carriers.
 *
 * <p>Package kind: pure.
 */
@NullMarked
package io.quicmesh.transport.session;

import org.jspecify.annotations.NullMarked;
