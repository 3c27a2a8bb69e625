/**
 * A VLAN interface for kernels that are built without 802.1Q.
 *
 * <p>Package kind: shell.
 */
@NullMarked
package io.quicmesh.lab.vlan;

import org.jspecify.annotations.NullMarked;
