package io.quicmesh.lab.stranger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InitialPacketTest {

  private static final byte[] ID = hex("8394c8f03e515708");
  private static final byte[] OTHER_ID = {1, 2, 3};

  /** The sample of RFC 9001, appendix A.1. */
  @Test
  void derivesTheKeysOfTheRfc() throws Exception {
    InitialPacket.Keys keys = InitialPacket.Keys.of(ID);

    assertThat(keys.key()).isEqualTo(hex("1f369613dd76d5467730efcbe3b1a22d"));
    assertThat(keys.iv()).isEqualTo(hex("fa044b2f42a3fd3b46fb255c"));
    assertThat(keys.headerKey()).isEqualTo(hex("9f50449e04a0e810283a1e9933adedd2"));
  }

  @Test
  void fillsADatagramThatIsAnInitial() {
    byte[] datagram = InitialPacket.ping(new InitialPacket.Header(ID, OTHER_ID));

    List<LongPacket> packets = LongPacket.of(datagram);

    assertThat(datagram).hasSize(1200);
    assertThat(packets).hasSize(1);
    LongPacket packet = packets.get(0);
    assertThat(packet.type()).isEqualTo(LongPacket.Type.INITIAL);
    assertThat(packet.destinationId()).isEqualTo(ID);
    assertThat(packet.sourceId()).isEqualTo(OTHER_ID);
    assertThat(packet.token()).isEmpty();
    assertThat(packet.bytes()).isEqualTo(datagram);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }
}
