package io.quicmesh.node;

import io.quicmesh.migration.CarrierId;
import io.quicmesh.migration.PathHealth;
import io.quicmesh.transport.session.Carrier;

/** A carrier of a session with its name and the health of its path. Loop-owned. */
record CarrierEntry(Carrier carrier, CarrierId id, PathHealth health) {}
