package io.quicmesh.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.quic.Handshakes.Verdict;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HandshakesTest {

  private static final int ID_BYTES = 20;

  private final Handshakes handshakes = new Handshakes(new HandshakeLimits(3, 2, 1, 1));

  @Test
  void admitsUpToTheLimitInAll() {
    begin("192.0.2.1", 1);
    begin("192.0.2.2", 2);
    begin("192.0.2.3", 3);

    assertThat(judge("192.0.2.4", 4)).isEqualTo(Verdict.FULL);
    assertThat(handshakes.inFlight()).isEqualTo(3);
  }

  @Test
  void admitsUpToTheLimitOfASource() {
    begin("192.0.2.1", 1);
    begin("192.0.2.1", 2);

    assertThat(judge("192.0.2.1", 3)).isEqualTo(Verdict.SOURCE_FULL);
    assertThat(judge("192.0.2.2", 4)).isEqualTo(Verdict.ADMITTED);
  }

  @Test
  void takesOneIpv6SubnetForOneSource() {
    begin("2001:db8:0:1::1", 1);
    begin("2001:db8:0:1::2", 2);

    assertThat(judge("2001:db8:0:1::3", 3)).isEqualTo(Verdict.SOURCE_FULL);
    assertThat(judge("2001:db8:0:2::1", 4)).isEqualTo(Verdict.ADMITTED);
  }

  @Test
  void passesPacketsOfHandshakesUnderWayWhateverTheLimits() {
    begin("192.0.2.1", 1);
    begin("192.0.2.1", 2);
    begin("192.0.2.2", 3);

    assertThat(judge("192.0.2.1", 1)).as("repeated first packet").isEqualTo(Verdict.ADMITTED);
    assertThat(judge("192.0.2.1", 101)).as("to our id").isEqualTo(Verdict.ADMITTED);
  }

  @Test
  void knowsWhichIdARetryReplacedForThatHandshakeOnly() {
    byte[] replaced = {1, 2, 3, 4, 5, 6, 7, 8};
    assertThat(judge("192.0.2.1", 1)).isEqualTo(Verdict.ADMITTED);
    handshakes.tokenReturned(replaced);

    Handshakes.Handshake retried = handshakes.begin(address("192.0.2.1"), bytes(101));
    Handshakes.Handshake other = begin("192.0.2.2", 2);

    assertThat(retried.replacedId()).isEqualTo(replaced);
    assertThat(other.replacedId()).isNull();
  }

  @Test
  void aHandshakeThatEndedMakesRoomOnce() {
    Handshakes.Handshake first = begin("192.0.2.1", 1);
    begin("192.0.2.1", 2);
    begin("192.0.2.2", 3);

    first.end();
    first.end();

    assertThat(handshakes.inFlight()).isEqualTo(2);
    begin("192.0.2.1", 4);
    assertThat(judge("192.0.2.1", 1)).isEqualTo(Verdict.FULL);
  }

  @Test
  void asksForTokensAboveItsThreshold() {
    begin("192.0.2.1", 1);
    assertThat(handshakes.needTokens()).isFalse();

    begin("192.0.2.2", 2);
    assertThat(handshakes.needTokens()).isTrue();
  }

  private Handshakes.Handshake begin(String source, int id) {
    assertThat(judge(source, id)).isEqualTo(Verdict.ADMITTED);
    return handshakes.begin(address(source), bytes(100 + id));
  }

  private Verdict judge(String source, int id) {
    ByteBuf packet = Unpooled.buffer().writeZero(6).writeBytes(bytes(id)).writeZero(1200);
    return handshakes.judge(address(source), packet, 6, ID_BYTES);
  }

  private static byte[] bytes(int id) {
    byte[] bytes = new byte[ID_BYTES];
    Arrays.fill(bytes, (byte) id);
    return bytes;
  }

  private static InetSocketAddress address(String literal) {
    try {
      return new InetSocketAddress(InetAddress.getAllByName(literal)[0], 4433);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
