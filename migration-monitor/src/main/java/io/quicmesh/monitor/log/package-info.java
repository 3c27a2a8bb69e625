/**
 * What a daemon writes to its log: plain or JSON lines, levels that change while it runs, addresses
 * masked where that is wanted, and no more lines of one kind than somebody can read.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.monitor.log;

import org.jspecify.annotations.NullMarked;
