/**
 * The frame prober: sends numbered frames through two interfaces and reports what became of them.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.lab.prober;

import org.jspecify.annotations.NullMarked;
