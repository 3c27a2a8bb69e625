/**
 * The stranger: somebody at a foreign address who saw every packet on the path and sends to the
 * server what could make it answer there.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.lab.stranger;

import org.jspecify.annotations.NullMarked;
