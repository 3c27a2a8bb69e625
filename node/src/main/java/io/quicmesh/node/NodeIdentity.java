package io.quicmesh.node;

import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.OverlayAddress;
import java.util.List;

/**
 * Who this node is in its network.
 *
 * @param transport its key and transport certificate
 * @param membershipRecord its name and overlay address, signed by the network's CA
 * @param relays where its network's relays are
 * @param isRegistrar whether it holds the CA's key
 */
public record NodeIdentity(
    TransportIdentity transport,
    Fingerprint network,
    String networkName,
    String name,
    OverlayAddress address,
    Opaque membershipRecord,
    List<RelayAddress> relays,
    boolean isRegistrar) {

  public NodeIdentity {
    relays = List.copyOf(relays);
  }

  /** The node id. */
  public Fingerprint id() {
    return transport.fingerprint();
  }

  /**
   * A relay of the network.
   *
   * @param host a name or an address
   * @param fingerprint of the relay's key
   */
  public record RelayAddress(String host, int port, Fingerprint fingerprint) {

    /** {@code HOST:PORT}, as the relay is called in tables and logs. */
    public String label() {
      return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
  }
}
