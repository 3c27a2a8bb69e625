/**
 * The frame prober's arithmetic: numbered frames as bytes, and what can be said about a stream of
 * them that has arrived.
 *
 * <p>Package kind: pure.
 */
@NullMarked
package io.quicmesh.lab.probe;

import org.jspecify.annotations.NullMarked;
