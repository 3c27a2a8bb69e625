/**
 * JMH benches of the classes on a frame's way, with the bytes that each operation allocates. Where
 * a class is package-private its bench stands in the same package beside these.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.lab.bench;

import org.jspecify.annotations.NullMarked;
