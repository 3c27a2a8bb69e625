package io.quicmesh.relay;

import io.quicmesh.relay.core.Output;
import io.quicmesh.relay.core.RevokedList;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Checks what a network's CA has signed, off the event loop. Any thread may complete the stages.
 */
interface DocumentChecks {

  /**
   * Checks a list of revoked keys.
   *
   * @return what the list says, or null if the CA of this network has not signed it
   */
  CompletionStage<@Nullable RevokedList> revocations(Fingerprint network, Opaque signedList);

  /**
   * Checks a node's next transport certificate.
   *
   * @return when it expires, or null if it is none of this node
   */
  CompletionStage<@Nullable Instant> certificate(
      Fingerprint network, Fingerprint node, Opaque chain);

  /** Checks whether the CA says that this node is the registrar. */
  CompletionStage<Boolean> registrar(Output.Claimant claimant, Opaque claim);

  /** Keeps a list beyond the end of this process, for {@link RevocationStore#load}. */
  void keep(Fingerprint network, Opaque signedList);
}
