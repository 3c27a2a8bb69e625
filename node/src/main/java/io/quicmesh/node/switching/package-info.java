/**
 * The learning Ethernet switch.
 *
 * <p>Package kind: pure.
 */
@NullMarked
package io.quicmesh.node.switching;

import org.jspecify.annotations.NullMarked;
