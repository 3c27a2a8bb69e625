package io.quicmesh.lab.stranger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.lab.stranger.UdpCapture.Datagram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SeenConnectionTest {

  private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.1", 4433);
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.2", 5000);
  private static final byte[] FIRST = id(1);
  private static final byte[] RETRY = id(2);
  private static final byte[] SERVERS = id(3);
  private static final byte[] CLIENTS = id(4);
  private static final byte[] NO_TOKEN = {};
  private static final byte[] TOKEN = {7, 7};

  @Test
  void findsTheFirstIdAndWhatTheClientSent() {
    byte[] finished = join(initial(SERVERS, CLIENTS, NO_TOKEN), handshake(SERVERS, CLIENTS));
    List<Datagram> capture =
        capture(
            initial(id(8), id(9), NO_TOKEN),
            initial(FIRST, CLIENTS, NO_TOKEN),
            finished,
            shortPacket(SERVERS),
            shortPacket(id(8)));

    SeenConnection seen = SeenConnection.find(capture, SERVER, SERVERS);

    assertThat(seen.firstIds()).containsExactly(FIRST);
    assertThat(seen.retried()).isFalse();
    assertThat(seen.initials()).containsExactly(initial(FIRST, CLIENTS, NO_TOKEN), finished);
    assertThat(seen.handshakes()).containsExactly(handshake(SERVERS, CLIENTS));
    assertThat(seen.shorts()).containsExactly(shortPacket(SERVERS));
  }

  @Test
  void afterARetryTwoIdsWereFirst() {
    List<Datagram> capture =
        capture(
            initial(FIRST, CLIENTS, NO_TOKEN),
            initial(RETRY, CLIENTS, TOKEN),
            handshake(RETRY, CLIENTS),
            shortPacket(RETRY));

    SeenConnection seen = SeenConnection.find(capture, SERVER, RETRY);

    assertThat(seen.retried()).isTrue();
    assertThat(seen.firstIds()).containsExactly(FIRST, RETRY);
  }

  @Test
  void refusesACaptureThatBeganTooLate() {
    List<Datagram> capture = capture(handshake(SERVERS, CLIENTS), shortPacket(SERVERS));

    assertThatThrownBy(() -> SeenConnection.find(capture, SERVER, SERVERS))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SeenConnection.find(capture, SERVER, FIRST))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsACaptureWhoseLastPacketIsNotWhole(@TempDir Path directory) throws IOException {
    byte[] frame = frame(shortPacket(SERVERS));
    ByteBuffer file = ByteBuffer.allocate(24 + 2 * (16 + frame.length));
    file.order(ByteOrder.LITTLE_ENDIAN).putInt(0xa1b2c3d4).putInt(20, 1).position(24);
    for (int i = 0; i < 2; i++) {
      file.putLong(0).putInt(frame.length).putInt(frame.length).put(frame);
    }
    Path path = directory.resolve("some.pcap");
    Files.write(path, Arrays.copyOf(file.array(), file.capacity() - 1));

    List<Datagram> read = UdpCapture.read(path);

    assertThat(read).hasSize(1);
    assertThat(read.get(0).from()).isEqualTo(CLIENT);
    assertThat(read.get(0).to()).isEqualTo(SERVER);
    assertThat(read.get(0).payload()).isEqualTo(shortPacket(SERVERS));
  }

  private static byte[] frame(byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(14 + 20 + 8 + payload.length);
    frame.position(12).putShort((short) 0x0800).put((byte) 0x45);
    frame.put(14 + 9, (byte) 17).position(14 + 12);
    frame.put(CLIENT.getAddress().getAddress()).put(SERVER.getAddress().getAddress());
    frame.putShort((short) CLIENT.getPort()).putShort((short) SERVER.getPort());
    return frame.putShort((short) (8 + payload.length)).putShort((short) 0).put(payload).array();
  }

  private static List<Datagram> capture(byte[]... fromClient) {
    List<Datagram> capture = new ArrayList<>();
    capture.add(new Datagram(SERVER, CLIENT, initial(CLIENTS, SERVERS, NO_TOKEN)));
    for (byte[] datagram : fromClient) {
      capture.add(new Datagram(CLIENT, SERVER, datagram));
    }
    return capture;
  }

  private static byte[] initial(byte[] destinationId, byte[] sourceId, byte[] token) {
    byte[] withToken = join(new byte[] {(byte) token.length}, token);
    return join(longHeader(0xc0, destinationId, sourceId), withToken, new byte[] {2, 5, 5});
  }

  private static byte[] handshake(byte[] destinationId, byte[] sourceId) {
    return join(longHeader(0xe0, destinationId, sourceId), new byte[] {1, 6});
  }

  private static byte[] longHeader(int first, byte[] destinationId, byte[] sourceId) {
    byte[] head = {(byte) first, 0, 0, 0, 1, (byte) destinationId.length};
    return join(head, destinationId, new byte[] {(byte) sourceId.length}, sourceId);
  }

  private static byte[] shortPacket(byte[] id) {
    return join(new byte[] {0x41}, id, new byte[] {9, 9});
  }

  private static byte[] join(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  private static byte[] id(int of) {
    byte[] id = new byte[20];
    Arrays.fill(id, (byte) of);
    return id;
  }
}
