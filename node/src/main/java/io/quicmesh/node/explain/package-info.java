/**
 * What the state of a node means, in words for people: whether all is well, why a peer is direct or
 * not, what the network around the host lets through.
 *
 * <p>Package kind: pure.
 */
@NullMarked
package io.quicmesh.node.explain;

import org.jspecify.annotations.NullMarked;
