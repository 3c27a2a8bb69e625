/**
 * One QUIC stream as fast as the codec alone can carry it, for the benches to compare with.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.lab.bulk;

import org.jspecify.annotations.NullMarked;
