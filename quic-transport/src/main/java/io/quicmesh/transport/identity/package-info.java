/**
 * Keys, certificates and the end-to-end TLS of a session: who a peer is.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.transport.identity;

import org.jspecify.annotations.NullMarked;
