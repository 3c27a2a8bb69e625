package io.quicmesh.relay;

import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import java.io.IOException;
import java.util.Map;

/**
 * Where a relay keeps the newest list of revoked keys of every network, so that it refuses revoked
 * nodes from its first moment on. Blocking; used by one thread at a time.
 */
public interface RevocationStore {

  /** Keeps nothing. */
  RevocationStore NONE =
      new RevocationStore() {
        @Override
        public Map<Fingerprint, Opaque> load() {
          return Map.of();
        }

        @Override
        public void keep(Fingerprint network, Opaque signedList) {
          // The list lives as long as the relay.
        }
      };

  /** The signed lists that were kept. What is damaged is left out: nodes bring it again. */
  Map<Fingerprint, Opaque> load() throws IOException;

  /** Keeps a network's newest list in place of an older one. */
  void keep(Fingerprint network, Opaque signedList) throws IOException;
}
