package io.quicmesh.node;

import io.quicmesh.migration.CarrierId;
import io.quicmesh.migration.PathHealth;
import io.quicmesh.transport.session.Carrier;

/**
 * A carrier of a session with its name, the health of its path, and when it came. Loop-owned.
 *
 * @param addedNanos time of the loop
 */
record CarrierEntry(Carrier carrier, CarrierId id, PathHealth health, long addedNanos) {}
