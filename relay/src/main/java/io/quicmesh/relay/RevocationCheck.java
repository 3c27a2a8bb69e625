package io.quicmesh.relay;

import io.quicmesh.relay.core.RevokedList;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Checks the signature of a network's list of revoked keys, off the event loop. */
interface RevocationCheck {

  /**
   * Checks a list.
   *
   * @return what the list says, or null if the CA of this network has not signed it; any thread may
   *     complete the stage
   */
  CompletionStage<@Nullable RevokedList> check(Fingerprint network, Opaque signedList);
}
