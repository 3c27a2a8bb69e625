package io.quicmesh.monitor.api;

import java.util.List;

/** What a process of this project shows at one moment. */
public sealed interface Facts permits NodeFacts, RelayFacts {
  Connections connections();

  /** The migration events of all connections, newest first. */
  List<MigrationEntry> migrations();
}
