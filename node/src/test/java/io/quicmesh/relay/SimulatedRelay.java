package io.quicmesh.relay;

import io.netty.channel.EventLoop;
import io.quicmesh.relay.core.Greeting;
import io.quicmesh.relay.core.Meters;
import io.quicmesh.relay.core.Output;
import io.quicmesh.relay.core.RelayEvent;
import io.quicmesh.relay.core.RelayLimits;
import io.quicmesh.relay.core.RelaySnapshot;
import io.quicmesh.relay.core.RevokedList;
import io.quicmesh.relay.core.Switchboard;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The loop of a relay without its port, for a simulated one. */
public final class SimulatedRelay implements RelayLoop.Observer {

  private final RelayLoop relay;

  /** A relay for any network. */
  public SimulatedRelay(EventLoop loop, RelayLimits limits, long bootId) {
    relay =
        new RelayLoop(
            loop,
            new Switchboard(limits, null, new Greeting(bootId, "simulated")),
            new Meters(limits.rates()),
            new NoDocuments(),
            this);
  }

  /** A verified peer connected. */
  public void accept(QuicConnection connection) {
    relay.handleConnection(connection);
  }

  /** Tells nodes to leave. */
  public void drain(int graceMillis) {
    relay.drain(graceMillis);
  }

  /** What is there now. */
  public RelaySnapshot snapshot() {
    return relay.switchboard().snapshot();
  }

  /** Ends its timer. */
  public void stop() {
    relay.stop();
  }

  @Override
  public void opened(NodeLink link) {}

  @Override
  public void heard(NodeLink link) {}

  @Override
  public void pathChanged(NodeLink link, PathEvent event) {}

  @Override
  public void closed(NodeLink link, String cause) {}

  @Override
  public void happened(RelayEvent event) {}

  @Override
  public void drained() {}

  /** Nothing signed is good here: memberships are tested elsewhere. */
  private static final class NoDocuments implements DocumentChecks {
    @Override
    public CompletionStage<@Nullable RevokedList> revocations(
        Fingerprint network, Opaque signedList) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<@Nullable Instant> certificate(
        Fingerprint network, Fingerprint node, Opaque chain) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Boolean> registrar(Output.Claimant claimant, Opaque claim) {
      return CompletableFuture.completedFuture(false);
    }

    @Override
    public void keep(Fingerprint network, Opaque signedList) {}
  }
}
