package io.quicmesh.relay;

import io.quicmesh.relay.core.Output;
import io.quicmesh.relay.core.RevokedList;
import io.quicmesh.transport.identity.CertificateChain;
import io.quicmesh.transport.identity.MemberVerifier;
import io.quicmesh.transport.identity.PeerRefusedException;
import io.quicmesh.transport.identity.RegistrarClaim;
import io.quicmesh.transport.identity.RevocationList;
import io.quicmesh.transport.identity.RevokedKeys;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.WireException;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Documents that the network's own CA has signed; checked and kept on worker threads. */
record SignedDocuments(Executor workers, RevocationStore store) implements DocumentChecks {

  private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);

  @Override
  public CompletionStage<@Nullable RevokedList> revocations(
      Fingerprint network, Opaque signedList) {
    return CompletableFuture.supplyAsync(() -> open(network, signedList), workers);
  }

  @Override
  public CompletionStage<@Nullable Instant> certificate(
      Fingerprint network, Fingerprint node, Opaque chain) {
    return CompletableFuture.supplyAsync(() -> verify(network, node, chain), workers);
  }

  @Override
  public CompletionStage<Boolean> registrar(Output.Claimant claimant, Opaque claim) {
    return CompletableFuture.supplyAsync(() -> holds(claimant, claim), workers);
  }

  @Override
  public void keep(Fingerprint network, Opaque signedList) {
    workers.execute(
        () -> {
          try {
            store.keep(network, signedList);
          } catch (IOException e) {
            LOG.warn(
                "revocations are not kept for the next start network={} reason={}",
                network.shortText(),
                e.getMessage());
          }
        });
  }

  static @Nullable RevokedList open(Fingerprint network, Opaque signedList) {
    try {
      RevocationList list = RevocationList.open(signedList.toBytes(), network);
      return new RevokedList(list.number(), list.keys(), signedList);
    } catch (WireException e) {
      return null;
    }
  }

  private static @Nullable Instant verify(Fingerprint network, Fingerprint node, Opaque chain) {
    try {
      return MemberVerifier.ofNetwork(network, RevokedKeys.NONE, InstantSource.system())
          .expecting(node)
          .verify(CertificateChain.decode(chain.toBytes()))
          .notAfter();
    } catch (WireException | PeerRefusedException e) {
      return null;
    }
  }

  private static boolean holds(Output.Claimant claimant, Opaque claim) {
    try {
      RegistrarClaim opened = RegistrarClaim.open(claim.toBytes(), claimant.network());
      return opened.node().equals(claimant.node()) && opened.bootId() == claimant.bootId();
    } catch (WireException e) {
      return false;
    }
  }
}
