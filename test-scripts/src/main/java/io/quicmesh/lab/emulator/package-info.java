/**
 * The link emulator: joins TAP devices by links with the faults of real networks.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.lab.emulator;

import org.jspecify.annotations.NullMarked;
