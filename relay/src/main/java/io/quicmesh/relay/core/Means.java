package io.quicmesh.relay.core;

/** What every part of the switchboard works with. */
record Means(RelayLimits limits, Deadlines deadlines, Outbox outbox) {}
