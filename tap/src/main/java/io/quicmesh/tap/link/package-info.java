/**
 * What the host's links, addresses and routes are, read from rtnetlink messages as plain bytes.
 *
 * <p>Package kind: pure.
 */
@NullMarked
package io.quicmesh.tap.link;

import org.jspecify.annotations.NullMarked;
