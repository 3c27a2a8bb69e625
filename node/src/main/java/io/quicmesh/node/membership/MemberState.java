package io.quicmesh.node.membership;

import io.quicmesh.transport.identity.MembershipRecord;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.OverlayAddress;

/**
 * Who this host is in its network. Immutable.
 *
 * @param transport its key and transport certificate
 * @param network the network that it is a member of
 * @param record its name and overlay address
 * @param signedRecord the same as the CA signed it, to be shown to peers
 * @param isRegistrar whether it holds the CA's key
 */
public record MemberState(
    TransportIdentity transport,
    Network network,
    MembershipRecord record,
    Opaque signedRecord,
    boolean isRegistrar) {

  /** The node id. */
  public Fingerprint id() {
    return transport.fingerprint();
  }

  /** The member's name. */
  public String name() {
    return record.name();
  }

  /** The member's overlay address. */
  public OverlayAddress address() {
    return record.address();
  }

  MemberState asRegistrar() {
    return new MemberState(transport, network, record, signedRecord, true);
  }
}
