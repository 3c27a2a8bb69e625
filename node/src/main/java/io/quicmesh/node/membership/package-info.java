/**
 * CA, registrar, invitations, joining, renewal and revocation.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.node.membership;

import org.jspecify.annotations.NullMarked;
