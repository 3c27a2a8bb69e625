/**
 * One QUIC stream over the codec alone, used plainly, for the benches to compare with.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.lab.bulk;

import org.jspecify.annotations.NullMarked;
