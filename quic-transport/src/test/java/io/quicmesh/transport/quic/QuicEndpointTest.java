package io.quicmesh.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.StreamHeader;
import org.junit.jupiter.api.Test;

class QuicEndpointTest {

  private final TestNetwork network = new TestNetwork();

  @Test
  void bothSidesVerifyEachOtherAndAgreeOnTheId() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network)) {
      TestConnection atA = a.dial(b, network.anyMember());
      TestConnection atB = b.accepted();

      assertThat(atA.connection().id()).hasSize(40).isEqualTo(atB.connection().id());
      assertThat(atA.connection().role()).isEqualTo(QuicConnection.Role.CLIENT);
      assertThat(atB.connection().role()).isEqualTo(QuicConnection.Role.SERVER);
      assertThat(atA.connection().alpn()).isEqualTo(Alpn.NODE);
      assertThat(atB.connection().alpn()).isEqualTo(Alpn.NODE);
      assertThat(atA.connection().remoteAddress()).isEqualTo(b.address());
      assertThat(atB.connection().remoteAddress()).isEqualTo(a.address());
      assertThat(atA.connection().localAddress()).isEqualTo(a.address());
    }
  }

  @Test
  void streamsCarryBytesBothWays() throws Exception {
    try (TestHost a = TestHost.member(network);
        TestHost b = TestHost.member(network)) {
      TestConnection atA = a.dial(b, network.anyMember());
      TestConnection atB = b.accepted();

      SendStream there = atA.open();
      atA.write(there, "hello ");
      atA.write(there, "there");
      a.run(there::finish);
      TestStream received = atB.accepted();
      assertThat(received.end()).isEqualTo("finished");
      assertThat(received.text()).isEqualTo("hello there");
      assertThat(received.header()).isEqualTo(new StreamHeader.Lane());

      SendStream back = atB.open();
      atB.write(back, "and back");
      TestStream answered = atA.accepted();
      answered.awaitBytes(8);
      assertThat(answered.text()).isEqualTo("and back");
    }
  }
}
