package io.quicmesh.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.quicmesh.migration.gate.GateAnswer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of packets that were held, once their source has answered. */
class PortGateReleaseTest {

  private static final InetSocketAddress HERE = address(1);
  private static final InetSocketAddress MOVED = address(2);
  private static final InetSocketAddress SERVER = address(3);
  private static final byte[] ID = new byte[ConnectionIds.BYTES];

  private final List<String> done = new ArrayList<>();
  private final List<ByteBuf> challenges = new ArrayList<>();
  private final PortGate gate = new PortGate(new EmbeddedChannel().eventLoop(), new Noting());
  private final PortConnection connection =
      new PortConnection(gate.open(QuicConnection.Role.SERVER, HERE), null);
  private final GateKeys clientKeys = new GateKeys();

  @Test
  void theCodecMaySendWhenAllThatWasHeldIsThere() {
    byte[] key = gate.newKey();
    gate.setKey(connection, ID, key);
    clientKeys.put(connection.gate(), key);

    assertThat(admits(MOVED, 40)).isFalse();
    assertThat(admits(MOVED, 1200)).isFalse();
    assertThat(done).isEmpty();
    gate.ownPacket(MOVED, answer(challenges.get(0)));

    assertThat(done).containsExactly("40", "1200", "complete");
    assertThat(admits(MOVED, 41)).isTrue();
  }

  @Test
  void nothingIsCompleteThatReleasesNothing() {
    gate.setKey(connection, ID, gate.newKey());

    assertThat(admits(MOVED, 40)).isFalse();
    gate.close(connection);

    assertThat(done).isEmpty();
  }

  private boolean admits(InetSocketAddress source, int bytes) {
    DatagramPacket packet = new DatagramPacket(Unpooled.buffer().writeZero(bytes), SERVER, source);
    try {
      return gate.admits(connection, false, packet);
    } finally {
      packet.release();
    }
  }

  private ByteBuf answer(ByteBuf challenge) {
    byte[] cookie = GatePackets.cookie(challenge);
    GateAnswer answer =
        new GateAnswer(
            GatePackets.timeSlot(challenge), cookie, clientKeys.proof(connection.gate(), cookie));
    return GatePackets.answer(GatePackets.connection(challenge), answer);
  }

  private static InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private final class Noting implements PortGate.Port {
    @Override
    public void release(PortConnection of, DatagramPacket packet) {
      done.add(String.valueOf(packet.content().readableBytes()));
      packet.release();
    }

    @Override
    public void releaseComplete() {
      done.add("complete");
    }

    @Override
    public void send(ByteBuf packet, InetSocketAddress destination) {
      challenges.add(packet);
    }
  }
}
