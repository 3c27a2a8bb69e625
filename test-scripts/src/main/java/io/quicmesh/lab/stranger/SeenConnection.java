package io.quicmesh.lab.stranger;

import io.quicmesh.lab.stranger.UdpCapture.Datagram;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What somebody on the path learns about one connection from the packets that its client sent.
 *
 * @param id the one that the server chose in the handshake
 * @param firstIds the destination ids of the client's Initial packets before it knew that; after a
 *     Retry the one that the Retry replaced, and the Retry's own
 * @param retried whether the client came back with a token (RFC 9000, section 8.1.2)
 * @param initials whole datagrams that begin with an Initial packet
 * @param handshakes Handshake packets
 * @param shorts whole datagrams with a short header, newest last
 */
@SuppressWarnings("ArrayRecordComponent")
record SeenConnection(
    byte[] id,
    List<byte[]> firstIds,
    boolean retried,
    List<byte[]> initials,
    List<byte[]> handshakes,
    List<byte[]> shorts) {

  /**
   * Finds it in a capture from before it began.
   *
   * @throws IllegalArgumentException if something of it is not there
   */
  static SeenConnection find(List<Datagram> capture, InetSocketAddress server, byte[] id) {
    List<byte[]> toServer =
        capture.stream()
            .filter(datagram -> datagram.to().equals(server))
            .map(Datagram::payload)
            .toList();
    List<byte[]> handshakes = new ArrayList<>();
    byte[] clientId = {};
    for (byte[] datagram : toServer) {
      for (LongPacket packet : LongPacket.of(datagram)) {
        if (packet.type() == LongPacket.Type.HANDSHAKE
            && Arrays.equals(packet.destinationId(), id)) {
          clientId = packet.sourceId();
          handshakes.add(packet.bytes());
        }
      }
    }
    List<byte[]> shorts = toServer.stream().filter(datagram -> isShort(datagram, id)).toList();
    if (handshakes.isEmpty() || shorts.isEmpty()) {
      throw new IllegalArgumentException("no packets of that connection are in the capture");
    }
    return withInitials(
        toServer,
        clientId,
        new SeenConnection(id, List.of(), false, List.of(), handshakes, shorts));
  }

  private static SeenConnection withInitials(
      List<byte[]> toServer, byte[] clientId, SeenConnection rest) {
    Set<String> known = new LinkedHashSet<>();
    List<byte[]> firstIds = new ArrayList<>();
    List<byte[]> initials = new ArrayList<>();
    boolean retried = false;
    for (byte[] datagram : toServer) {
      List<LongPacket> packets = LongPacket.of(datagram);
      if (!packets.isEmpty()
          && packets.get(0).type() == LongPacket.Type.INITIAL
          && Arrays.equals(packets.get(0).sourceId(), clientId)) {
        LongPacket initial = packets.get(0);
        initials.add(datagram);
        boolean withToken = initial.token().length > 0;
        retried |= withToken;
        boolean first = withToken || !Arrays.equals(initial.destinationId(), rest.id);
        if (first && known.add(Arrays.toString(initial.destinationId()))) {
          firstIds.add(initial.destinationId());
        }
      }
    }
    if (firstIds.isEmpty()) {
      throw new IllegalArgumentException("the capture began after that connection");
    }
    return new SeenConnection(rest.id, firstIds, retried, initials, rest.handshakes, rest.shorts);
  }

  private static boolean isShort(byte[] datagram, byte[] id) {
    return datagram.length > id.length
        && !LongPacket.isLong(datagram)
        && Arrays.equals(datagram, 1, 1 + id.length, id, 0, id.length);
  }
}
