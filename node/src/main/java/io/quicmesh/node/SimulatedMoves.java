package io.quicmesh.node;

import io.quicmesh.migration.MigrationCause;
import io.quicmesh.migration.MigrationEvent;
import io.quicmesh.migration.MigrationNotice;
import io.quicmesh.monitor.AdminFailure;
import io.quicmesh.monitor.AdminFailure.Kind;
import io.quicmesh.monitor.api.SimulatedMigration;
import io.quicmesh.transport.carrier.Addresses;
import io.quicmesh.transport.quic.QuicConnection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Moves connections to another local port because an operator asks for it. Loop-owned. */
final class SimulatedMoves {

  private static final long PATIENCE_SECONDS = 5;

  private final NodeContext context;
  private final NodeJournal journal;
  private final Uplinks uplinks;

  SimulatedMoves(NodeContext context, NodeJournal journal, Uplinks uplinks) {
    this.context = context;
    this.journal = journal;
    this.uplinks = uplinks;
  }

  /** The answer comes when all of them are heard on their new path. */
  CompletionStage<List<SimulatedMigration>> move(List<QuicConnection> connections) {
    CompletableFuture<List<SimulatedMigration>> answer = new CompletableFuture<>();
    List<SimulatedMigration> done = new ArrayList<>();
    Set<String> waiting = new HashSet<>();
    connections.forEach(connection -> waiting.add(connection.id()));
    Consumer<MigrationNotice> listener =
        notice -> {
          if (notice instanceof MigrationNotice.Completed completed
              && waiting.remove(completed.connectionId())) {
            done.add(moved(completed.connectionId(), completed.event()));
            if (waiting.isEmpty()) {
              answer.complete(done);
            }
          }
        };
    journal.addMigrationListener(listener);
    var timeout =
        context
            .loop()
            .schedule(
                () ->
                    answer.completeExceptionally(
                        new AdminFailure(
                            Kind.OTHER_SIDE_NOT_THERE,
                            "nothing is heard on the new path in " + PATIENCE_SECONDS + " s")),
                PATIENCE_SECONDS,
                TimeUnit.SECONDS);
    uplinks.moveToNewPort(
        connections,
        MigrationCause.SIMULATED,
        opened -> {
          if (!opened) {
            answer.completeExceptionally(
                new AdminFailure(Kind.FAILED, "no other local port could be opened"));
          }
        });
    return answer.whenComplete(
        (result, failure) -> {
          timeout.cancel(false);
          journal.removeMigrationListener(listener);
        });
  }

  private static SimulatedMigration moved(String id, MigrationEvent event) {
    return new SimulatedMigration(
        id,
        Addresses.text(event.oldAddress()),
        Addresses.text(event.newAddress()),
        event.gapNanos() / 1e6);
  }
}
