package io.quicmesh.node;

import io.quicmesh.migration.HandoverReport;
import io.quicmesh.migration.HandoverStep;
import io.quicmesh.transport.carrier.RelayClient;
import io.quicmesh.transport.quic.PathEvent;
import io.quicmesh.transport.quic.QuicConnection;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.StreamHeader;
import org.jspecify.annotations.Nullable;

/** What happens in the mesh that somebody outside the data path wants to know. Loop-owned. */
interface NodeEvents {

  /** The node cannot go on. */
  void fatal(String reason);

  void peerChanged(Peer peer, String reason);

  void handoverStepped(Peer peer, HandoverStep step);

  void handoverEnded(Peer peer, HandoverReport report);

  void connectionUp(QuicConnection connection, String peer);

  void connectionDown(QuicConnection connection, String cause);

  void pathChanged(QuicConnection connection, PathEvent event);

  /** The peer answered what was sent at this time on the connection. */
  void echoed(QuicConnection connection, long sentNanos);

  /** So many records of the peer came on the connection. */
  void heard(QuicConnection connection, int records);

  void relayChanged(String relay, String state, @Nullable String reason);

  /** Something that an operator should look at. */
  void alert(String kind, String text);

  /** A peer was refused, or its session ended, because of its membership. */
  void refused(Peer peer, CloseCode code, String reason);

  void joinOpened(RelayClient relay, StreamHeader.Join header, ReceiveStream stream);

  void revocations(byte[] signedList);

  void firstRelayAttemptOver();
}
