package io.quicmesh.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** On the loopback interface, with an ethertype that nothing else uses. */
final class PacketSocketIT {

  private static final int ETHERTYPE = 0x88b6;
  private static final int IPV4 = 0x0800;
  private static final int FRAME_BYTES = 100;
  private static final long WAIT_NANOS = 5_000_000_000L;

  @Test
  void whatIsSentArrivesOnceWithTheTimeOfItsArrival() throws IOException {
    try (PacketSocket socket = open(ETHERTYPE, 0)) {
      Instant before = Instant.now();
      send(socket, ETHERTYPE, 7);

      PacketRing ring = await(socket);
      assertThat(ring.frameBytes()).isEqualTo(FRAME_BYTES).isEqualTo(ring.arrivedBytes());
      assertThat(ring.memory().get(ring.frameIndex() + FRAME_BYTES - 1)).isEqualTo((byte) 7);
      Instant arrival = Instant.EPOCH.plusNanos(ring.arrivalWallNanos());
      assertThat(arrival).isBetween(before, Instant.now());
      ring.release();
      assertThat(ring.next()).isFalse();
      assertThat(socket.ringDrops()).isZero();
    }
  }

  @Test
  void theRingGoesRoundAndCountsWhatFoundItFull() throws IOException {
    try (PacketSocket socket = open(ETHERTYPE, 0)) {
      int sent = 0;
      while (socket.ringDrops() == 0 && sent < 100_000) {
        send(socket, ETHERTYPE, sent++);
      }
      int received = drain(socket);
      assertThat(received + socket.ringDrops()).isEqualTo(sent);

      send(socket, ETHERTYPE, 9);
      PacketRing ring = await(socket);
      assertThat(ring.memory().get(ring.frameIndex() + FRAME_BYTES - 1)).isEqualTo((byte) 9);
    }
  }

  @Test
  void onlyTheUdpPortThatIsAskedForArrives() throws IOException {
    try (PacketSocket socket = open(IPV4, 34_998)) {
      sendUdp(socket, 34_997);
      sendUdp(socket, 34_998);

      PacketRing ring = await(socket);
      int port = ring.frameIndex() + 36;
      assertThat(Short.toUnsignedInt(Short.reverseBytes(ring.memory().getShort(port))))
          .isEqualTo(34_998);
      ring.release();
      assertThat(ring.next()).isFalse();
    }
  }

  @Test
  void aMissingInterfaceIsNamed() {
    PacketSocket.Config config = new PacketSocket.Config("nosuch0", ETHERTYPE, 0, 1514, 64);

    assertThatThrownBy(() -> PacketSocket.open(config))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nosuch0")
        .hasMessageContaining("ip link");
  }

  @Test
  void aMissingNamespaceIsNamed() {
    assertThatThrownBy(() -> NetworkNamespace.call("nosuch", () -> 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nosuch");
  }

  private static PacketSocket open(int etherType, int udpPort) throws IOException {
    return PacketSocket.open(new PacketSocket.Config("lo", etherType, udpPort, FRAME_BYTES, 512));
  }

  private static void send(PacketSocket socket, int etherType, int last) throws IOException {
    ByteBuf frame = frame(etherType);
    frame.setByte(FRAME_BYTES - 1, last);
    assertThat(socket.send(frame)).isTrue();
    frame.release();
  }

  /** To an address that is nobody's, so that no stack takes it. */
  private static void sendUdp(PacketSocket socket, int port) throws IOException {
    ByteBuf frame = frame(IPV4);
    frame.setByte(0, 2).setByte(14, 0x45).setShort(16, FRAME_BYTES - 14).setByte(23, 17);
    frame.setShort(36, port);
    assertThat(socket.send(frame)).isTrue();
    frame.release();
  }

  private static ByteBuf frame(int etherType) {
    ByteBuf frame = Unpooled.directBuffer(FRAME_BYTES).writeZero(FRAME_BYTES);
    return frame.setShort(12, etherType);
  }

  private static PacketRing await(PacketSocket socket) {
    long startNanos = System.nanoTime();
    while (!socket.ring().next()) {
      assertThat(System.nanoTime() - startNanos).isLessThan(WAIT_NANOS);
      LockSupport.parkNanos(100_000);
    }
    return socket.ring();
  }

  private static int drain(PacketSocket socket) {
    int received = 0;
    while (socket.ring().next()) {
      socket.ring().release();
      received++;
    }
    return received;
  }
}
