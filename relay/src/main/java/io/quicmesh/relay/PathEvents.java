package io.quicmesh.relay;

import io.quicmesh.migration.PathEvent;
import java.util.Objects;

/** Path events of a connection in the words of the migration tracker. */
final class PathEvents {

  private PathEvents() {}

  static PathEvent of(io.quicmesh.transport.quic.PathEvent event) {
    return switch (event.kind()) {
      case NEW -> new PathEvent.New(event.local(), event.remote());
      case VALIDATED -> new PathEvent.Validated(event.local(), event.remote());
      case FAILED -> new PathEvent.FailedValidation(event.local(), event.remote());
      case CLOSED -> new PathEvent.Closed(event.local(), event.remote());
      case REUSED_ID ->
          new PathEvent.ReusedSourceConnectionId(
              0, Objects.requireNonNullElse(event.oldRemote(), event.remote()), event.remote());
      case MIGRATED -> new PathEvent.PeerMigrated(event.local(), event.remote());
    };
  }
}
