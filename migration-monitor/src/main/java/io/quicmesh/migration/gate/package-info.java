/**
 * The gate: which packets the QUIC codec may see, so that a source that only copied a connection ID
 * draws no QUIC byte.
 *
 * <p>Package kind: pure.
 */
@NullMarked
package io.quicmesh.migration.gate;

import org.jspecify.annotations.NullMarked;
