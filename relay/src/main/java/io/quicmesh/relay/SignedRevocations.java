package io.quicmesh.relay;

import io.quicmesh.relay.core.RevokedList;
import io.quicmesh.transport.identity.RevocationList;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.WireException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Lists that the network's own CA has signed; checked on worker threads. */
record SignedRevocations(Executor workers) implements RevocationCheck {

  @Override
  public CompletionStage<@Nullable RevokedList> check(Fingerprint network, Opaque signedList) {
    return CompletableFuture.supplyAsync(() -> open(network, signedList), workers);
  }

  private static @Nullable RevokedList open(Fingerprint network, Opaque signedList) {
    try {
      RevocationList list = RevocationList.open(signedList.toBytes(), network);
      return new RevokedList(list.number(), list.keys(), signedList);
    } catch (WireException e) {
      return null;
    }
  }
}
