/**
 * State machines of migration, handover, path health, carrier choice and retry.
 *
 * <p>Package kind: pure.
 */
@NullMarked
package io.quicmesh.migration;

import org.jspecify.annotations.NullMarked;
