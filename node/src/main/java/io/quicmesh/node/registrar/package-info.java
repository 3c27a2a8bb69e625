/**
 * What a network's registrar decides: invitations, joins, renewals, revocations.
 *
 * <p>Package kind: pure.
 */
@NullMarked
package io.quicmesh.node.registrar;

import org.jspecify.annotations.NullMarked;
