package io.quicmesh.relay.core;

import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.StreamHeader;

/** What the {@link Switchboard} wants done. Connections and streams have the shell's numbers. */
public sealed interface Output {

  /** Send a message on the control stream of a connection. */
  record Send(long connection, ControlMessage message) implements Output {}

  /** Close a connection. The switchboard has forgotten it already. */
  record Close(long connection, CloseCode code) implements Output {}

  /**
   * Open a stream on another connection, write this header, and copy to it what the given stream
   * brings.
   *
   * @param urgent whether the new stream goes before others, being a circuit's control stream
   * @param bytesMax most bytes to copy; more ends the stream with {@link CloseCode#QUOTA}
   */
  record Splice(long stream, long connection, StreamHeader header, boolean urgent, long bytesMax)
      implements Output {}

  /**
   * End a stream abruptly: stop it towards its sender, and reset what it was spliced to. The
   * switchboard has forgotten it already.
   */
  record EndStream(long stream, CloseCode code) implements Output {}

  /**
   * Check the signature of a list of revoked keys against the CA of this connection's certificate,
   * and answer with {@link Switchboard#handleRevocations}.
   */
  record CheckRevocations(long connection, Fingerprint network, Opaque signedList)
      implements Output {}

  /**
   * Check that this chain is a valid transport certificate of this node, and answer with {@link
   * Switchboard#handleRenewed}.
   */
  record CheckCertificate(long connection, Fingerprint network, Fingerprint node, Opaque chain)
      implements Output {}

  /**
   * Check that the CA names this claimant the registrar, and answer with {@link
   * Switchboard#handleRegistrar}.
   */
  record CheckRegistrar(long connection, Claimant claimant, Opaque claim) implements Output {}

  /** A node that says that it is its network's registrar, in this run of it. */
  record Claimant(Fingerprint network, Fingerprint node, long bootId) {}

  /** Keep the newest list of a network's revoked keys beyond the end of this process. */
  record KeepRevocations(Fingerprint network, Opaque signedList) implements Output {}

  /** Something that an operator may want to see. */
  record Happened(RelayEvent event) implements Output {}

  /** Every node has left after {@link Switchboard#drain}, or its time is over: stop the relay. */
  record Stop() implements Output {}
}
