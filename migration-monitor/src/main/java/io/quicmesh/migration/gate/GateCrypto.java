package io.quicmesh.migration.gate;

/** The keyed functions that the gate needs, without their keys. */
public interface GateCrypto {

  /**
   * The stateless cookie of a challenge: a MAC, under a secret of this node alone, over the source,
   * the connection and the time slot.
   */
  byte[] cookie(SourceAddress source, GateConnection connection, long timeSlot);

  /**
   * What only the connection's peer can make of a cookie: a MAC over it under the key that both
   * exchanged on the connection's control stream.
   */
  byte[] proof(GateConnection connection, byte[] cookie);
}
