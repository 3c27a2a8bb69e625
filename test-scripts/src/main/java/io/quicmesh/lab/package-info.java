/**
 * Tools of the labs: link emulator, frame prober, probes.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.lab;

import org.jspecify.annotations.NullMarked;
