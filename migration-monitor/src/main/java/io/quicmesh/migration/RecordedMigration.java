package io.quicmesh.migration;

/** A migration event together with the connection that it happened to. */
public record RecordedMigration(String connectionId, MigrationEvent event) {}
